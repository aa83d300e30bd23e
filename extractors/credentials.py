"""The key of an interface, on its way from the settings into a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key and where a source wants it: the query parameter or header ``name``, before the value ``prefix``.

    The value is kept out of ``repr``; it is put into a request as it is sent, and stands in no address before or after.
    """

    place: Literal["query", "header"]
    name: str
    value: str = field(repr=False)
    prefix: str = ""
