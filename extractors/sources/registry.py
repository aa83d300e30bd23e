"""The registry of sources: a TOML file with one table a source, strictly checked."""

from __future__ import annotations

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

from extractors.errors import UserError
from extractors.records import Depth, Kind, Protocol, Source
from extractors.sources.listing import INTERFACES

DEFAULT_PATH = Path(__file__).parent / "sources.toml"

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEYS = {f.name: f for f in fields(Source)}
_CHOICES = {"protocol": get_args(Protocol), "depth": get_args(Depth), "kind": get_args(Kind)}
# What these list is never a report, whatever the file says of it.
_KINDS: dict[str, Kind] = {"federal-register": "act", "x-search": "post", "x-archive": "post"}
_BOOLEANS = {"local", "triage", "enabled", "independent"}
_MAX_RATE = 20.0
_MAX_REQUESTS = 10_000


def load_sources(path: Path | str | None = None) -> list[Source]:
    """Read the sources of a TOML file, in its order; by default the ones that come with the project.

    Tables are ``[[source]]`` with an ``id``, or ``[source.<id>]``. Anything unknown, missing or contradictory raises
    ``UserError``, which names the file, the table and the key and says how to mend it. Disabled sources come as well.
    """
    file = Path(path) if path is not None else DEFAULT_PATH
    sources = [_source(file, name, table) for name, table in _tables(file, _document(file))]
    seen: dict[str, str] = {}
    for source in sources:
        if source.id in seen:
            raise UserError(f'{file}: two sources have the id "{source.id}": give one of them another id')
        if source.url in seen.values():
            raise UserError(f'{file}: [source "{source.id}"] url: another source has this address: remove one of them')
        seen[source.id] = source.url
    if not sources:
        raise UserError(f"{file}: no source in it: add a table such as [source.example] with name, protocol and url")
    return sources


def _document(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(f"{file}: no such file: check the path to the sources file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: cannot be read ({error}): it must be a readable UTF-8 text file") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{file}: not valid TOML: {error}") from None


def _tables(file: Path, document: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    for key in document:
        if key != "source":
            raise UserError(f'{file}: unknown table "{key}": only [[source]] and [source.<id>] are known')
    found = document.get("source", [])
    if isinstance(found, list):
        pairs = [(str(table.get("id", f"number {n}")) if isinstance(table, dict) else "", table)
                 for n, table in enumerate(found, 1)]  # fmt: skip
    elif isinstance(found, dict):
        pairs = [(name, _with_id(file, name, table)) for name, table in found.items()]
    else:
        pairs = [("", found)]
    for _, table in pairs:
        if not isinstance(table, dict):
            raise UserError(f"{file}: source: must be a table: write [source.<id>] and its keys below it")
    return pairs


def _with_id(file: Path, name: str, table: Any) -> Any:
    if not isinstance(table, dict):
        raise UserError(f"{file}: [source] {name}: must be a table: write [source.{name}] and its keys below it")
    if table.get("id", name) != name:
        raise UserError(f'{file}: [source.{name}] id: differs from the table\'s name: remove the key "id"')
    return {"id": name, **table}


def _source(file: Path, name: str, table: dict[str, Any]) -> Source:
    where = f'{file}: [source "{name}"]'
    for key in table:
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1)
            mend = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(_KEYS)}"
            raise UserError(f"{where} {key}: unknown key: {mend}")
    for key, spec in _KEYS.items():
        if spec.default is MISSING and key not in table:
            raise UserError(f"{where} {key}: is missing: add {key} = ...")
    values = {key: _value(where, key, value) for key, value in table.items()}
    kind = _KINDS.get(values["protocol"])
    if kind and values.setdefault("kind", kind) != kind:
        raise UserError(f'{where} kind: {values["protocol"]} lists {kind}s only: write kind = "{kind}" or leave it out')
    if values.get("kind") == "act" and kind != "act":
        raise UserError(f'{where} kind: only federal-register lists acts: write kind = "report", or leave it out')
    source = Source(**values)
    _check_address(where, source)
    return source


def _value(where: str, key: str, value: Any) -> Any:
    if key in _BOOLEANS:
        if not isinstance(value, bool):
            raise UserError(f"{where} {key}: must be true or false, not {value!r}")
        return value
    if key == "rate":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value <= _MAX_RATE:
            limit = f"above 0 and at most {_MAX_RATE:g} requests a second"
            raise UserError(f"{where} rate: must be {limit}, not {value!r}")
        return float(value)
    if key == "requests":
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MAX_REQUESTS:
            raise UserError(f"{where} requests: must be a whole number from 1 to {_MAX_REQUESTS:,}, not {value!r}")
        return value
    if not isinstance(value, str) or (not value.strip() and key != "policy"):
        raise UserError(f'{where} {key}: must be a text that is not empty, in quotes: {key} = "..."')
    if key in _CHOICES and value not in _CHOICES[key]:
        raise UserError(f"{where} {key}: must be one of {', '.join(_CHOICES[key])}, not {value!r}")
    if key == "id" and not _ID.fullmatch(value):
        raise UserError(f"{where} id: use lower-case letters, digits and single hyphens only")
    return value.strip()


def _check_address(where: str, source: Source) -> None:
    try:
        parts = urlsplit(source.url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if source.protocol == "x-archive" and parts.scheme == "file":
        if host or not parts.path.startswith("/"):
            raise UserError(f"{where} url: write file:// and the whole path, as in file:///srv/posts.jsonl")
        return
    if parts.scheme not in {"http", "https"} or not host:
        raise UserError(f"{where} url: must be an absolute http or https address, not {source.url[:200]!r}")
    if parts.username or parts.password:
        raise UserError(f"{where} url: must not hold a user name or password: remove what stands before the @")
    key = INTERFACES[source.protocol].key
    if key and key.parameter in dict(parse_qsl(parts.query, keep_blank_values=True)):
        raise UserError(f"{where} url: must not hold a key: take {key.parameter} out and set {key.variable}")
    loopback = _is_loopback(host)
    if source.local and not loopback:
        raise UserError(f"{where} local: needs a loopback address (127.0.0.1, ::1, localhost): remove it or change url")
    if loopback and not source.local:
        raise UserError(f"{where} url: is on this machine: add local = true if that is meant")
    if host == "news.google.com" and source.depth != "headline":
        raise UserError(f'{where} depth: Google News links lead to no article page: add depth = "headline"')


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
