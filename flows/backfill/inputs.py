"""Which WARC files are meant, and how each is opened: on this machine, on an object store (fsspec) or by web address."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import urljoin

import fsspec

from extractors.errors import Permanent, StageError, UserError
from extractors.pages.batch import fetch_all
from extractors.pages.policy import FetchPolicy, PageRequest
from extractors.records import RawPage, Source
from extractors.sources.warc import is_warc

_WEB = ("http://", "https://")
_DOWNLOAD = FetchPolicy(deadline=3600.0, max_bytes=16 * 2**30)
_LIST_BYTES = 50 * 2**20


def is_web(path: str) -> bool:
    """Whether ``path`` is a web address, which is fetched by the project's own guarded client and never by fsspec."""
    return path.startswith(_WEB)


def warc_paths(given: Sequence[str], base: str | None = None) -> list[str]:
    """The WARC files that are meant: those given, and those that a list (plain or gzip, one path a line) names, each once.

    What a list names in part is taken from ``base``; without it, from the site's root for a list by web address (as Common Crawl's
    lists mean it), else from the list's own folder. Raises ``UserError`` for a list that can't be read or names nothing.
    """
    found: dict[str, None] = {}
    for path in given:
        for one in [path] if is_warc(path) else _listed(path, base):
            found.setdefault(one)
    return list(found)


def _listed(path: str, base: str | None) -> list[str]:
    lines = [line.strip() for line in _text(path).splitlines()]
    named = [line for line in lines if line and not line.startswith("#")]
    if not named:
        raise UserError(f"{path} names no WARC file; give a file that ends in .warc.gz, or a list of them, one a line")
    for line in named:
        if not is_warc(line):
            raise UserError(f"{path} is no list of WARC files: {line[:80]!r} does not end in .warc or .warc.gz")
    return [_whole(line, path, base) for line in named]


def _whole(line: str, listed_in: str, base: str | None) -> str:
    if "://" in line or line.startswith("/"):
        return line
    if base:
        return f"{base.rstrip('/')}/{line}"
    if is_web(listed_in):
        return urljoin(listed_in, f"/{line}")
    return f"{listed_in.rpartition('/')[0] or '.'}/{line}"


def _text(path: str) -> str:
    try:
        with opened(path, Source(id="warc-list", name="WARC list", protocol="warc", url=path)) as file:
            body = file.read(_LIST_BYTES)
        return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode("utf-8")
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}") from error
    except (StageError, OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UserError(f"{path} can't be read as a list of WARC files ({error})") from error


def fingerprint(path: str) -> str:
    """What tells that a file has changed: its size and date, or the store's own mark. A web address is taken not to change.

    Raises ``FileNotFoundError``, or another ``OSError``.
    """
    if is_web(path):
        return "web"
    fs, place = fsspec.core.url_to_fs(path)
    found = fs.info(place)
    return "-".join(str(found[name]) for name in ("size", "mtime", "ETag", "etag", "created") if found.get(name))


@contextmanager
def opened(path: str, source: Source) -> Iterator[BinaryIO]:
    """The file as it lies there, open for reading; one by web address is first fetched to a temporary folder, by ``source``'s rules.

    Raises ``StageError`` for an address that can't be had, ``OSError`` for a file.
    """
    if not is_web(path):
        with fsspec.open(path, "rb", compression=None).open() as file:
            yield file
        return
    with TemporaryDirectory(prefix="rivalry-") as folder:
        copy = Path(folder) / "file"
        download(path, source, copy)
        with copy.open("rb") as file:
            yield file


def download(url: str, source: Source, to: Path) -> None:
    """Fetch ``url`` into the file ``to``: robots.txt, addresses, redirects, size and time are guarded as a page's are.

    Raises the ``StageError`` that it ended in.
    """
    request = PageRequest(url=url, source=source, accept="*/*", into=to)
    ((_, answer),) = fetch_all([request], _DOWNLOAD)
    if not isinstance(answer, RawPage):
        raise answer
    if not to.exists():
        raise Permanent("unreadable", f"{url} had nothing to store")
