"""Which open corpora are used, and in which version: one table of ``pinned.toml`` each, fetched and checked.

An archive's bytes change with the compression of the day, its files don't: what is pinned is the SHA-256 of the files used.
Archives come by ``urllib``: the project's polite fetcher reads pages of at most some megabytes, and is no part of the language stage.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import tarfile
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import stamina

from extractors.errors import UserError

PINNED = Path(__file__).with_name("pinned.toml")
SECONDS = 120  # without a byte
ATTEMPTS = 4
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """One open corpus: an archive (``.tar.gz``) at ``url``, and of it the files whose path fits one of the patterns ``files``.

    ``sha256`` is that of the listing which ``sha256sum`` prints of those files, by path. ``licence`` is an SPDX expression or says
    what holds for which part; ``cite`` is how its authors ask to be named.
    """

    name: str
    url: str
    files: tuple[str, ...]
    sha256: str
    licence: str
    cite: str


def read_pinned(path: Path = PINNED) -> list[Corpus]:
    """The corpora of the file at ``path``. Raises ``UserError`` where a key is missing or unknown."""
    found = []
    for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
        try:
            found.append(Corpus(**table | {"name": name, "files": tuple(table["files"])}))
        except (TypeError, KeyError) as error:
            raise UserError(f"{path.name}, table {name}: {error}; see the class Corpus for its keys") from error
    return found


def fetch(corpus: Corpus, folder: Path) -> Path:
    """The folder with the corpus's files, below ``folder``. What is there already and right is not fetched again.

    An archive that you put there by hand, as ``NAME.tar.gz``, is taken. Raises ``UserError`` where the address can't be had or has
    other files than those pinned.
    """
    target, archive = folder / corpus.name, folder / f"{corpus.name}.tar.gz"
    if target.is_dir() and digest(target) == corpus.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    if not archive.is_file():
        print(f"fetching {corpus.name} from {corpus.url}", flush=True)
        _download(corpus, archive)
    shutil.rmtree(target, ignore_errors=True)
    try:
        _unpack(corpus, archive, target)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UserError(f"{archive} can't be unpacked ({error}); delete it and run again") from error
    found = digest(target)
    if found != corpus.sha256:
        raise UserError(f"{archive} has other files than those pinned ({found}); delete it and run again")
    return target


def digest(folder: Path) -> str:
    """SHA-256 (hex) of the listing of a folder's files: their own SHA-256 and path, a line each, in the order of the paths."""
    paths = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    lines = (f"{hashlib.sha256((folder / path).read_bytes()).hexdigest()}  {path}\n" for path in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _download(corpus: Corpus, archive: Path) -> None:
    part = archive.with_suffix(".part")
    try:
        for attempt in stamina.retry_context(on=_passing, attempts=ATTEMPTS, timeout=None):
            with (
                attempt,
                urllib.request.urlopen(corpus.url, timeout=SECONDS) as answer,
                part.open("wb") as file,
            ):
                shutil.copyfileobj(answer, file, BLOCK)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UserError(
            f"{corpus.name} can't be fetched ({error}); run again, or save {corpus.url} as {archive}"
        ) from error
    part.replace(archive)


def _passing(error: Exception) -> bool:
    """Whether trying again may help: a refused or broken connection and a server's own trouble, not a missing page."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code in {429, 500, 502, 503, 504}
    return isinstance(error, OSError | http.client.HTTPException)


def _unpack(corpus: Corpus, archive: Path, target: Path) -> None:
    """Write the wanted files, freed of the archive's one top folder; a path that leads out of it is passed over."""
    with tarfile.open(archive, "r:gz") as tar:
        for member, path in _wanted(tar, corpus.files):
            content = tar.extractfile(member)
            if content is not None:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                (target / path).write_bytes(content.read())


def _wanted(tar: tarfile.TarFile, patterns: tuple[str, ...]) -> Iterator[tuple[tarfile.TarInfo, PurePosixPath]]:
    for member in tar:
        path = PurePosixPath(*PurePosixPath(member.name).parts[1:])
        inside = ".." not in path.parts and not path.is_absolute()
        if member.isfile() and inside and any(fnmatch(str(path), pattern) for pattern in patterns):
            yield member, path
