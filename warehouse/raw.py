"""The raw pages, outside the database: each under the SHA-256 of its bytes, compressed, never changed.

A page lies in ``<folder>/ab/<sha256>.zst``, where ``ab`` begins its hash.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import zstandard

from extractors.errors import Permanent, RunFailed, UserError
from extractors.ids import bytes_hash

LEVEL = 9


def put(folder: Path, body: bytes) -> str:
    """Stores ``body`` and returns its hash; a page that is there already, and whole, is left as it is.

    The page appears whole or not at all. Raises ``RunFailed`` where the disk is full, ``UserError`` where the folder
    can't be written.
    """
    digest = bytes_hash(body)
    path = _path(folder, digest)
    if path.exists() and _whole(folder, digest):
        return digest
    part = path.with_name(f"{digest}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(zstandard.ZstdCompressor(level=LEVEL).compress(body))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise RunFailed(f"the disk with {folder} is full; free some space and run again") from error
        raise UserError(
            f"{folder} can't be written ({error.strerror}); change its permissions or give another --db"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return digest


def get(folder: Path, digest: str) -> bytes:
    """The page with this hash. Raises ``Permanent("unreadable")`` where it is missing or its bytes have changed."""
    path = _path(folder, digest)
    try:
        body = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    except FileNotFoundError as error:
        raise Permanent("unreadable", f"raw page {digest} is missing from {folder}; fetch it again") from error
    except (OSError, zstandard.ZstdError) as error:
        raise Permanent(
            "unreadable", f"raw page {digest} is damaged ({error}); delete {path} and fetch it again"
        ) from error
    if bytes_hash(body) != digest:
        raise Permanent("unreadable", f"raw page {digest} is damaged; delete {path} and fetch it again")
    return body


def _whole(folder: Path, digest: str) -> bool:
    try:
        get(folder, digest)
    except Permanent:
        return False
    return True


def _path(folder: Path, digest: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"not a SHA-256 in hex: {digest[:80]!r}")
    return folder / digest[:2] / f"{digest}.zst"
