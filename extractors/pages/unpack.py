"""Bodies unpacked piece by piece, with a bound: a few kilobytes of gzip can hold gigabytes."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

from extractors.errors import Permanent

_MAX_LAYERS = 2


class _Layer:
    """One gzip or deflate layer; gzip may have several members, deflate comes with a zlib header or bare."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._inflater = zlib.decompressobj(wbits=31 if name == "gzip" else 15)
        self._first = True
        self._produced = 0

    def feed(self, data: bytes) -> bytes:
        out = []
        while data:
            if self._inflater.eof:
                if self._name != "gzip" or not data.startswith(b"\x1f"):
                    break  # padding after the end, which servers do send
                self._inflater = zlib.decompressobj(wbits=31)
            out.append(self._inflate(data))
            self._produced += len(out[-1])
            if self._produced > self._limit:
                raise Permanent("too_large", f"more than {self._limit:,} bytes unpacked")
            data = self._inflater.unused_data
        return b"".join(out)

    def _inflate(self, data: bytes) -> bytes:
        room = self._limit - self._produced + 1
        try:
            return self._inflater.decompress(data, room)
        except zlib.error:
            if not (self._first and self._name == "deflate"):
                raise
            self._inflater = zlib.decompressobj(wbits=-15)
            return self._inflater.decompress(data, room)
        finally:
            self._first = False

    @property
    def complete(self) -> bool:
        return self._inflater.eof


class Unpacker:
    """Takes a body as it arrives and keeps it unpacked, up to ``limit`` bytes.

    ``encoding`` is the Content-Encoding header. Raises ``Permanent``: ``bad_encoding`` for an encoding that was not
    asked for or is broken, ``too_large`` beyond the limit. With ``into``, what is unpacked goes there and is not kept.
    """

    def __init__(self, encoding: str, limit: int, into: BinaryIO | None = None) -> None:
        names = [name.strip().lower().removeprefix("x-") for name in encoding.split(",")]
        names = [name for name in names if name not in {"", "identity"}]
        if len(names) > _MAX_LAYERS or not set(names) <= {"gzip", "deflate"}:
            raise Permanent("bad_encoding", f"Content-Encoding {encoding[:60]!r} was not asked for")
        self._layers = [_Layer(name, limit) for name in reversed(names)]
        self._limit = limit
        self._into = into or io.BytesIO()
        self._size = 0

    def feed(self, data: bytes) -> None:
        """Add the next piece as it came over the wire."""
        try:
            for layer in self._layers:
                data = layer.feed(data)
        except zlib.error as error:
            raise Permanent("bad_encoding", f"the body does not unpack: {error}") from None
        self._size += len(data)
        if self._size > self._limit:
            raise Permanent("too_large", f"more than {self._limit:,} bytes")
        self._into.write(data)

    def body(self) -> bytes:
        """The whole body; empty where it went elsewhere. Raises ``Permanent("bad_encoding")`` where a packed one was cut off."""
        if self._size and not all(layer.complete for layer in self._layers):
            raise Permanent("bad_encoding", "the packed body is cut off")
        return self._into.getvalue() if isinstance(self._into, io.BytesIO) else b""
