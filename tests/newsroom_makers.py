"""Sources files that lead to a served sample newsroom."""

from pathlib import Path

from extractors.records import Source
from flows.newsroom.server import NewsroomServer


def sources_file(path: Path, server: NewsroomServer, *only: str) -> Path:
    """Write a sources file for the newsroom's publishers, or those named ``only``, to ``path``."""
    return write_sources(path, [s for s in server.newsroom.sources(server.base) if not only or s.id in only])


def write_sources(path: Path, sources: list[Source]) -> Path:
    """Write ``sources``, all on this machine, as a sources file to ``path``."""
    tables = [
        f'[source.{s.id}]\nname = "{s.name}"\nprotocol = "{s.protocol}"\nurl = "{s.url}"\nlocal = true\nrate = 20\n'
        for s in sources
    ]
    path.write_text("\n".join(tables), encoding="utf-8")
    return path
