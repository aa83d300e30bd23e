"""A quick look at a page: its title and roughly its text, some fifteen times as fast as ``read_page``.

Good enough to decide whether a page deserves the whole reading (resiliparse's rules for main content, Bevendorff et al. 2018),
and never stored.
"""

from __future__ import annotations

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from extractors.pages.encoding import decode


def quick_text(body: bytes, content_type: str = "") -> tuple[str, str]:
    """Title and main text of a page, either of them empty where it has none. Nothing here opens the network."""
    characters, _ = decode(body, content_type)
    tree = HTMLTree.parse(characters)
    return " ".join((tree.title or "").split()), extract_plain_text(tree, main_content=True)
