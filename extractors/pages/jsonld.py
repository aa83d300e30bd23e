"""The article that a page describes in JSON-LD (https://schema.org/Article and its kinds)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

_ARTICLE = re.compile(r"(?:Article|BlogPosting|LiveBlogPosting|Report|Report\w*Article)$")
_MAX_DEPTH = 6
_COMMENT = re.compile(r"\A\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>|\]\]>)\s*;?\s*\Z", re.DOTALL)

Node = dict[str, Any]


class JsonLd:
    """All nodes of a page's JSON-LD. What cannot be parsed is passed over: the page has other metadata."""

    def __init__(self, tree: HtmlElement) -> None:
        self.nodes: list[Node] = []
        for script in tree.iter("script"):
            if "ld+json" in (script.get("type") or "").lower() and script.text:
                self.nodes.extend(_walk(_parse(script.text), 0))
        self._by_id = {node["@id"]: node for node in self.nodes if isinstance(node.get("@id"), str) and len(node) > 1}

    def article(self) -> Node:
        """The node of the page's own article, or an empty one: the first that has a headline, else the first."""
        articles = [node for node in self.nodes if any(_ARTICLE.search(kind) for kind in types_of(node))]
        titled = [node for node in articles if text_of(node.get("headline"))]
        return (titled or articles or [{}])[0]

    def page(self) -> Node:
        """The node of the page itself (``WebPage``), or an empty one."""
        return next((node for node in self.nodes if any(kind.endswith("WebPage") for kind in types_of(node))), {})

    def named(self, value: Any) -> list[str]:
        """The names of the people or organisations in ``value``, references to other nodes resolved."""
        names = []
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and not item.get("name"):
                item = self._by_id.get(str(item.get("@id")), item)
            name = item.get("name") if isinstance(item, dict) else item
            names.extend(text for part in (name if isinstance(name, list) else [name]) if (text := text_of(part)))
        return names


def types_of(node: Node) -> list[str]:
    """The schema.org types of ``node``, without the vocabulary's address."""
    kinds = node.get("@type")
    return [str(kind).rsplit("/", 1)[-1] for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind]


def text_of(value: Any) -> str:
    """``value`` as plain text, entities resolved (publishers often escape twice); ``""`` where it is no text."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return ""
    return html.unescape(html.unescape(value)).strip()


def _parse(text: str) -> Any:
    stripped = _COMMENT.sub("", _COMMENT.sub("", text)).strip().rstrip(";")
    for candidate in (stripped, html.unescape(stripped) if "&quot;" in stripped else None):
        if candidate is None:
            continue
        try:
            # ``strict=False``: line breaks inside strings are common, and harmless.
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        # Only what can hold the page's own article or its authors: items of lists are other pages' teasers.
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "author"):
            if key in value:
                yield from _walk(value[key], depth + 1)
