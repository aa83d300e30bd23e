"""Pages that answer 200 and hold no article, or only its beginning."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.errors import Permanent

# A text of more words than this is no teaser and no wall.
LONGEST_TEASER = 300
# A page that is a wall holds little else; an article that mentions one holds much.
_SHORT = 150
# A page that calls itself paid may still have been served whole.
_PAID_TEASER = 200
_MANY_TEASERS = 10

_CONSENT = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:value|respect)s? your privacy\b|\bcookie (?:policy|settings)\b|\b(?:use of|such as) cookies\b",
        r"\b(?:accept|reject|agree to) all\b|\bmanage (?:my |your )?(?:choices|options|preferences|settings|cookies)\b",
        r"\b(?:partners|vendors) (?:store|process|use)\b|\bpersonal(?:i[sz]ed)? (?:data|advertising|ads)\b",
        r"\bconsent\b|\bbefore you continue\b",
    )
)
_NOT_FOUND = re.compile(
    "|".join(
        (
            r"\b(?:page|story|article|content|url)\b.{0,40}\b(?:not (?:be )?found|no longer (?:available|exists))",
            r"\b(?:page|story|article|content|url)\b.{0,40}\b(?:does ?n[o’']t exist|has been removed)",
            r"\b(?:can[’']?t|can ?not|could not|couldn[’']t|unable to) find (?:that|the|this) (?:page|story|article)\b",
            r"\b(?:error )?404\b.{0,40}\b(?:not found|error|page)",
            r"^(?:404|not found)$",
        )
    ),
    re.MULTILINE,
)
_PAYWALL = re.compile(
    "|".join(
        (
            r"\bsubscribe (?:now )?to (?:continue|keep|read|unlock|access)\b",
            r"\bfor (?:paid |our )?subscribers\b|\bsubscribers? only\b",
            r"\bsubscriber[- ]exclusive\b|\bexclusive to subscribers\b",
            r"\b(?:to|and) (?:continue|keep) reading\b|\bcontinue reading (?:this|your|with)\b",
            r"\bunlock (?:this|the|full) (?:article|story|access)\b",
            r"\byou(?:'|’)ve (?:reached|read) your .{0,20}(?:limit|articles)",
        )
    )
)


def visible_text(tree: HtmlElement) -> str:
    """Everything the page's body says, lower case, code left out, a line a text node."""
    body = tree.find("body")
    parts = [] if body is None else body.xpath(".//text()[not(parent::script or parent::style or parent::noscript)]")
    return "\n".join(cleaned for part in parts if (cleaned := " ".join(part.split()))).lower()


def linked_headings(tree: HtmlElement) -> int:
    """How many headings are links: a front page has many."""
    return sum(
        1
        for heading in tree.iter("h2", "h3", "h4")
        if heading.find(".//a") is not None or heading.getparent().tag == "a"
    )


def refuse_walls(visible: str, text: str, title: str | None) -> None:
    """Raise ``Permanent``, ``consent_wall`` or ``soft_404``, where a page with little ``text`` is one of them.

    ``visible`` is all that the page says, ``text`` what was taken for an article.
    """
    if len(text.split()) > _SHORT:
        return
    opening = f"{(title or '').lower()}\n{text.lower()}"
    if _NOT_FOUND.search(opening[:600]):
        raise Permanent("soft_404", f"the page says: {(title or text)[:120]!r}")
    # A banner stands over real articles too; a wall leaves nothing else to read.
    said = opening if text else visible[:3000]
    if sum(bool(sign.search(said)) for sign in _CONSENT) >= 3:
        raise Permanent("consent_wall", "the page asks for consent and holds no article")


def refuse_home_page(url: str, og_type: str, is_article: bool, headings: int, text: str) -> None:
    """Raise ``Permanent("home_page")`` where ``url`` (after redirects) led to a front page.

    ``is_article`` says whether the page's own metadata describes an article.
    """
    if is_article or og_type == "article":
        return
    parts = urlsplit(url)
    if re.fullmatch(r"/*(?:index\.\w+|home)?/*", parts.path) and not parts.query:
        raise Permanent("home_page", "the address is the site's front page")
    if headings >= _MANY_TEASERS and len(text.split()) <= _SHORT and og_type in {"website", ""}:
        raise Permanent("home_page", f"the page lists {headings} other articles and holds none itself")


def is_teaser(visible: str, text: str, free: bool) -> bool:
    """Whether only the beginning of a paid article is offered; ``free`` false where the page itself says it is paid."""
    words = len(text.split())
    return (not free and words <= _PAID_TEASER) or (words <= LONGEST_TEASER and bool(_PAYWALL.search(visible)))
