"""Serve the newsroom on loopback, with ETag, gzip, conditional requests and robots.txt, and give the sources that read it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from extractors.records import Source
from flows.newsroom.content import Story, load_publishers, load_stories, of_publisher
from flows.newsroom.render import CHANNELS, page

ROBOTS = "User-agent: *\nDisallow: /fennimore-institute/private/\n"
Answer = tuple[int, str, bytes]


class Newsroom:
    """What the sites answer at a given time."""

    def __init__(self, as_of: datetime) -> None:
        self.publishers = load_publishers()
        self.set_clock(as_of)

    def set_clock(self, as_of: datetime) -> None:
        """Let it be ``as_of`` (aware) on the sites."""
        self.stories = load_stories(as_of)
        self.by_path: dict[str, Story] = {s.path: s for s in self.stories}

    def answer(self, path: str, base: str) -> Answer:
        """Status, content type and body for a path."""
        if path == "/robots.txt":
            return 200, "text/plain; charset=utf-8", ROBOTS.encode()
        slug, _, rest = path.lstrip("/").partition("/")
        publisher = self.publishers.get(slug)
        if publisher and rest == publisher.channel + ".xml":
            render, content_type = CHANNELS[publisher.channel]
            return (
                200,
                f"{content_type}; charset=utf-8",
                render(publisher, of_publisher(self.stories, slug), base).encode(),
            )
        story = self.by_path.get(path)
        if story and story.case != "headline_only":
            related = [s for s in of_publisher(self.stories, story.publisher.slug) if s is not story]
            return 200, "text/html; charset=utf-8", page(story, base, related).encode()
        return 404, "text/plain; charset=utf-8", b"not found\n"

    def sources(self, base: str) -> list[Source]:
        """One source a publisher, marked local so that loopback may be asked."""
        protocols = {"rss": "feed", "atom": "feed", "sitemap": "sitemap"}
        return [
            Source(
                id=p.slug,
                name=p.name,
                protocol=protocols[p.channel],
                url=f"{base}/{p.slug}/{p.channel}.xml",
                publisher=p.name,
                rate=500.0,
                local=True,
                policy="The bundled sample newsroom; no publisher of it exists.",
            )
            for p in self.publishers.values()
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: NewsroomServer

    def do_GET(self) -> None:
        status, content_type, body = self.server.newsroom.answer(self.path.split("?")[0], self.server.base)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        packed = bool(body) and "gzip" in self.headers.get("Accept-Encoding", "")
        if packed:
            body = gzip.compress(body, 5, mtime=0)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        if status in {200, 304}:
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the run itself reports what it fetched."""


class NewsroomServer(ThreadingHTTPServer):
    """The newsroom behind a port of 127.0.0.1."""

    daemon_threads = True

    def __init__(self, newsroom: Newsroom, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.newsroom = newsroom
        self.base = f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serve(as_of: datetime, port: int = 0) -> Iterator[NewsroomServer]:
    """A running newsroom for the length of a ``with`` block. Raises ``OSError`` where the port is taken."""
    server = NewsroomServer(Newsroom(as_of), port)
    thread = Thread(target=server.serve_forever, name="newsroom", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
