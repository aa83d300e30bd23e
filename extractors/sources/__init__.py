"""Where coverage comes from: the registry of sources, and readers of what they list."""

from extractors.sources.listing import parse
from extractors.sources.registry import load_sources

__all__ = ["load_sources", "parse"]
