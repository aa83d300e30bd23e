"""Where the parts of a backfill lie, on any file system that fsspec knows, with a manifest for each file that is done.

A manifest is written last and appears whole: a file without one has not been read, whatever else lies there. It gives the SHA-256
of each part, which is also in the part's name, so that two workers that read one file write the same parts under the same names.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

import fsspec

from extractors.errors import UserError
from extractors.ids import bytes_hash
from extractors.records import Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One WARC file that has been read: how its records ended, and its parts by table.

    ``bytes`` are those of the bodies, ``seconds`` CPU time. ``problem`` says why it was not read to its end.
    """

    file_id: str
    path: str
    fingerprint: str
    versions: Versions
    counts: dict[str, int]
    bytes: int
    seconds: float
    problem: str | None = None
    parts: dict[str, str] = field(default_factory=dict)


class PartsFolder:
    """The folder ``root``: a path, or an address such as ``s3://bucket/folder`` or ``memory://folder``."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._fs, self._path = fsspec.core.url_to_fs(root)

    def put(self, file_id: str, name: str, part: Path) -> str:
        """Store a part under its hash, which is returned; one that is there already is left."""
        body = part.read_bytes()
        digest = bytes_hash(body)
        place = self._part(file_id, name, digest)
        if not self._fs.exists(place):
            self._write(place, body)
        return digest

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest: from now on the file is done."""
        self._write(self._manifest(manifest.file_id), json.dumps(asdict(manifest), sort_keys=True).encode())

    def manifest(self, file_id: str) -> Manifest | None:
        """The manifest of a file, or nothing where it is not done. Raises ``UserError`` for a damaged one."""
        try:
            body = self._fs.cat_file(self._manifest(file_id))
        except FileNotFoundError:
            return None
        try:
            found = json.loads(body)
            return Manifest(**found | {"versions": Versions(**found["versions"])})
        except (ValueError, TypeError, KeyError) as error:
            raise UserError(
                f"{self._manifest(file_id)} is damaged ({error}); delete it, and its file is read again"
            ) from error

    def take(self, manifest: Manifest, folder: Path) -> dict[str, Path]:
        """The parts of a file, copied to ``folder`` and checked against their hashes.

        Raises ``UserError`` where one is missing or damaged.
        """
        taken = {}
        for name, digest in manifest.parts.items():
            place = self._part(manifest.file_id, name, digest)
            body = self._fs.cat_file(place) if self._fs.exists(place) else b""
            if bytes_hash(body) != digest:
                mend = f"delete {self._manifest(manifest.file_id)} and run again: its file is then read anew"
                raise UserError(f"{place} is missing or damaged; {mend}")
            taken[name] = folder / f"{manifest.file_id}-{name}.parquet"
            taken[name].write_bytes(body)
        return taken

    def _manifest(self, file_id: str) -> str:
        return f"{self._path}/{file_id}.json"

    def _part(self, file_id: str, name: str, digest: str) -> str:
        return f"{self._path}/{file_id}/{name}-{digest[:16]}.parquet"

    def _write(self, place: str, body: bytes) -> None:
        """A file appears whole or not at all. Object stores do so by themselves; elsewhere it is renamed when it is whole."""
        self._fs.makedirs(place.rpartition("/")[0], exist_ok=True)
        part = f"{place}.{secrets.token_hex(4)}.part"
        self._fs.pipe_file(part, body)
        self._fs.mv(part, place)
