"""WARC files of invented pages, written as crawlers write them."""

import io
from datetime import datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from flows.newsroom.content import last_day
from flows.newsroom.server import Newsroom

HTML = (("Content-Type", "text/html; charset=utf-8"),)
OFF_TOPIC = b"<html><head><title>Harvest</title></head><body><p>The harvest in the valley was the best of the decade, growers said.</p></body></html>"


BASE = "https://newsroom.example"
DAY = last_day()


def newsroom_pages(base: str = BASE) -> list[tuple[str, bytes]]:
    """(address, HTML) of every page of the sample newsroom, on its last day."""
    room = Newsroom(DAY)
    answers = [(base + path, room.answer(path, base)) for path in sorted(room.by_path)]
    return [(url, body) for url, (status, _, body) in answers if status == 200]


class WarcFile:
    """A WARC file under way; ``with WarcFile(path) as warc: warc.page(url, body)``."""

    def __init__(self, path: Path, *, compressed: bool = True) -> None:
        self._file = path.open("wb")
        self._writer = WARCWriter(self._file, gzip=compressed)
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, {"software": "tests"}))

    def __enter__(self) -> "WarcFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def page(
        self,
        url: str,
        body: bytes,
        captured: datetime,
        *,
        status: str = "200 OK",
        headers: tuple[tuple[str, str], ...] = HTML,
        kind: str = "response",
    ) -> None:
        """Write one record of a page."""
        answer = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if kind != "resource" else None
        record = self._writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            http_headers=answer,
            warc_content_type="text/html" if kind == "resource" else "",
            warc_headers_dict={"WARC-Date": captured.strftime("%Y-%m-%dT%H:%M:%SZ")},
        )
        self._writer.write_record(record)
