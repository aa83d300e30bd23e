"""The keys of sources: from the environment, else from a Prefect Secret. They go into requests and nowhere else."""

from __future__ import annotations

import os
import sys

from extractors.credentials import Credential
from extractors.records import Source
from extractors.sources.listing import INTERFACES, Key


def credential_of(source: Source) -> Credential | None:
    """The source's key, or ``None`` where it needs none, or none is set: ask ``lacks_key`` which."""
    key = INTERFACES[source.protocol].key
    value = _value(key) if key else None
    return key.credential(value) if key and value else None


def lacks_key(source: Source) -> str | None:
    """What to set for the source to be on, where it needs a key that is not set; ``None`` where it is on."""
    key = INTERFACES[source.protocol].key
    if key is None or _value(key):
        return None
    return f"set {key.variable}, or the Prefect Secret {_secret_name(key)}"


def _value(key: Key) -> str | None:
    return os.environ.get(key.variable, "").strip() or _stored(_secret_name(key))


def _secret_name(key: Key) -> str:
    return f"rivalry-{key.name.lower()}-key"


def _stored(name: str) -> str | None:
    """The Prefect Secret of that name. Only a run asks for it: anywhere else that would load Prefect and start a server."""
    if "prefect" not in sys.modules:
        return None
    from prefect.blocks.system import Secret
    from prefect.context import FlowRunContext, TaskRunContext

    if FlowRunContext.get() is None and TaskRunContext.get() is None:
        return None
    try:
        return str(Secret.load(name, _sync=True).get()).strip() or None
    except ValueError:  # there is no such block
        return None
