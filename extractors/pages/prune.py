"""What is taken out of a page's tree before its text is extracted: nothing of it is the article's own prose."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

_NO_PROSE = ("script", "style", "svg", "template", "iframe", "object", "form", "button", "select", "video", "audio",
             "picture", "figcaption", "nav", "noscript")  # fmt: skip
# Quoted posts come with the platform's own markup; captions and notes on the author with the publisher's classes.
_EMBED = re.compile(
    r"(?:^|\s)(?:twitter-tweet|twitter-video|instagram-media|tiktok-embed|fb-post|bluesky-embed|reddit-embed\w*)(?:\s|$)"
    r"|(?:^|[\s_-])(?:caption|newsletter|author-?bio|about-?the-?author|bio-?text|related-?(?:articles|stories|links|posts)"
    r"|social-?share|share-?(?:bar|buttons)|cookie-?(?:banner|notice))(?:$|[\s_-])",
    re.IGNORECASE,
)
_INLINE = frozenset({"strong", "em", "b", "i", "u", "span", "font"})
_BLOCKS = frozenset({"p", "li", "h2", "h3", "h4", "h5"})
# "ALSO READ: " and the like may stand before the link.
_LEAD_LENGTH = 12


def prune(tree: HtmlElement) -> None:
    """Take out of ``tree``, in place: code, forms, navigation, embedded posts, captions, blocks that are only links."""
    etree.strip_elements(tree, *_NO_PROSE, with_tail=False)
    body = tree.find("body")
    if body is None:
        return
    for element in list(body.iter("blockquote", "div", "p", "span", "section", "aside", "ul")):
        marks = f"{element.get('class', '')} {element.get('id', '')}"
        if len(marks) > 1 and _EMBED.search(marks) and not _holds_the_article(element):
            _drop(element)
    for link in list(body.iter("a")):
        block = link.getparent()
        while block is not None and block.tag in _INLINE:
            block = block.getparent()
        if block is not None and block.tag in _BLOCKS and block.getparent() is not None and _only_links(block):
            _drop(block)


def _holds_the_article(element: HtmlElement) -> bool:
    """Whether a class that looks like a side matter's stands on a container of many paragraphs."""
    return sum(1 for _ in element.iter("p")) > 5


def _only_links(block: HtmlElement) -> bool:
    linked = sum(len(_text(link)) for link in block.iter("a"))
    said = _text(block)
    # A linked sentence, or one that leads to a quotation, is the writer's own; a headline ends without a stop.
    return linked > 0 and len(said) - linked <= _LEAD_LENGTH and not said.endswith((".", ":", ".”", '."'))


def _text(element: HtmlElement) -> str:
    return "".join(element.itertext()).strip()


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
