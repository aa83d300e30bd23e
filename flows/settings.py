"""Where things are and how a run is set up: defaults, then the environment (``RIVALRY_*``), then the command line."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """All of it can be set in the environment: ``RIVALRY_DB=/srv/rivalry/warehouse.duckdb``."""

    model_config = SettingsConfigDict(env_prefix="RIVALRY_", extra="ignore")

    db: Path = Path("rivalry-data/warehouse.duckdb")
    """The warehouse file. Snapshot, raw pages, exports and the page lie beside it."""
    sources: Path | None = None
    """The sources file; without it, the project's own."""
    model: str | None = None
    """Another spaCy pipeline to read with; without it, the shipped one."""


class Paths:
    """Everything that belongs to one warehouse file, by its place."""

    def __init__(self, db: Path) -> None:
        self.db = db
        self.snapshot = db.with_name(f"{db.stem}-snapshot.duckdb")
        self.raw = db.with_name(f"{db.stem}-raw")
        self.exports = db.with_name(f"{db.stem}-csv")
        self.page = db.with_name(f"{db.stem}.html")
