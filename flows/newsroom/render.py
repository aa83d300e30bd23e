"""Pages, feeds and sitemaps of the newsroom, as publishers really serve them: with menus, teasers, banners and footers around."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC
from email.utils import format_datetime
from html import escape

from flows.newsroom.content import Publisher, Story

_PAYWALL = '<div class="paywall"><p>To continue reading, subscribe now. Already a subscriber? Sign in.</p></div>'


def page(story: Story, base: str, related: Sequence[Story]) -> str:
    """The HTML of one article page."""
    if story.case in {"consent_wall", "soft_404"}:
        return _notice(story)
    head = {"jsonld": _jsonld, "meta": _meta, "plain": _plain}[story.publisher.template](story, base)
    byline = " and ".join(story.authors)
    when = story.published.strftime("%-d %B %Y") if story.published else ""
    dated = (
        f'<time datetime="{story.published.isoformat()}">{when}</time>'
        if story.published and story.publisher.template == "plain"
        else ""
    )
    paragraphs = "".join(f"<p>{escape(p)}</p>\n" for p in story.paragraphs)
    teasers = "".join(f'<li><a href="{s.path}">{escape(s.title)}</a></li>' for s in related[:5])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(story.title)} | {escape(story.publisher.name)}</title>
{head}</head>
<body>
<header><a href="/{story.publisher.slug}/">{escape(story.publisher.name)}</a> <span>{escape(story.publisher.tagline)}</span>
<nav><a href="#">World</a> <a href="#">Business</a> <a href="#">Technology</a> <a href="#">Opinion</a></nav></header>
<main><article>
<h1>{escape(story.title)}</h1>
<p class="deck">{escape(story.deck)}</p>
<p class="byline">By <span rel="author">{escape(byline)}</span> {dated}</p>
{paragraphs}{_PAYWALL if story.case == "paywall" else ""}
</article></main>
<aside><h2>More from {escape(story.publisher.name)}</h2><ul>{teasers}</ul></aside>
<footer><p>We use cookies to improve your experience. Privacy policy. Terms of use.</p></footer>
</body></html>
"""


def _notice(story: Story) -> str:
    title = "Your privacy choices" if story.case == "consent_wall" else "Page not found"
    paragraphs = "".join(f"<p>{escape(p)}</p>" for p in story.paragraphs)
    return f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}</body></html>'


def _jsonld(story: Story, base: str) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.deck,
        "author": [{"@type": "Person", "name": a} for a in story.authors],
        "publisher": {"@type": "Organization", "name": story.publisher.name},
        "mainEntityOfPage": base + story.path,
        "isAccessibleForFree": story.case != "paywall",
    }
    if story.published:
        data["datePublished"] = story.published.isoformat()
        data["dateModified"] = (story.updated or story.published).isoformat()
    script = json.dumps(data).replace("</", "<\\/")
    return f'<link rel="canonical" href="{base}{story.path}">\n<script type="application/ld+json">{script}</script>\n'


def _meta(story: Story, base: str) -> str:
    rows = {
        "og:title": story.title,
        "og:type": "article",
        "og:site_name": story.publisher.name,
        "og:url": base + story.path,
    }
    if story.published:
        rows["article:published_time"] = story.published.isoformat()
    if story.updated:
        rows["article:modified_time"] = story.updated.isoformat()
    tags = "".join(f'<meta property="{k}" content="{escape(v)}">\n' for k, v in rows.items())
    authors = "".join(f'<meta name="author" content="{escape(a)}">\n' for a in story.authors)
    return f'<link rel="canonical" href="{base}{story.path}">\n{tags}{authors}'


def _plain(story: Story, base: str) -> str:
    return f'<meta name="description" content="{escape(story.deck)}">\n'


def rss(publisher: Publisher, stories: Sequence[Story], base: str) -> str:
    """RSS 2.0 of one publisher."""
    items = "".join(
        f"<item><title>{escape(s.title)}</title><link>{base}{s.path}</link><guid>{base}{s.path}</guid>"
        f"<description>{escape(s.deck)}</description>"
        + (f"<pubDate>{format_datetime(s.published)}</pubDate>" if s.published else "")
        + "".join(f"<dc:creator>{escape(a)}</dc:creator>" for a in s.authors)
        + "</item>\n"
        for s in stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(publisher.name)}</title><link>{base}/{publisher.slug}/</link><description>{escape(publisher.tagline)}</description>\n"
        f"{items}</channel></rss>\n"
    )


def atom(publisher: Publisher, stories: Sequence[Story], base: str) -> str:
    """Atom of one publisher."""
    entries = "".join(
        f'<entry><title>{escape(s.title)}</title><link href="{base}{s.path}"/><id>{base}{s.path}</id><summary>{escape(s.deck)}</summary>'
        + "".join(f"<author><name>{escape(a)}</name></author>" for a in s.authors)
        + (
            f"<published>{s.published.isoformat()}</published><updated>{(s.updated or s.published).isoformat()}</updated>"
            if s.published
            else ""
        )
        + "</entry>\n"
        for s in stories
    )
    newest = max((s.updated or s.published for s in stories if s.published), default=None)
    updated = f"<updated>{newest.astimezone(UTC).isoformat()}</updated>" if newest else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(publisher.name)}</title>'
        f"<id>{base}/{publisher.slug}/</id>{updated}\n{entries}</feed>\n"
    )


def sitemap(publisher: Publisher, stories: Sequence[Story], base: str) -> str:
    """A news sitemap of one publisher."""
    urls = "".join(
        f"<url><loc>{base}{s.path}</loc><news:news><news:publication><news:name>{escape(publisher.name)}</news:name>"
        "<news:language>en</news:language></news:publication>"
        + (f"<news:publication_date>{s.published.isoformat()}</news:publication_date>" if s.published else "")
        + f"<news:title>{escape(s.title)}</news:title></news:news></url>\n"
        for s in stories
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{urls}</urlset>\n'
    )


CHANNELS = {
    "rss": (rss, "application/rss+xml"),
    "atom": (atom, "application/atom+xml"),
    "sitemap": (sitemap, "application/xml"),
}
