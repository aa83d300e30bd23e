"""Which addresses may be connected to: public ones, and a local source's own.

The check sits where the connection is made. The name is resolved, every address is checked, and the connection goes to
a checked address, so that a name that resolves differently a moment later (DNS rebinding) gains nothing. TLS still
verifies the certificate against the name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from contextvars import ContextVar

import httpcore

from extractors.errors import Permanent

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# A public address that is a cloud's metadata and host service.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})


def is_public(address: str) -> bool:
    """Whether ``address`` (a literal IP) is public unicast; an IPv4 address wrapped in an IPv6 one counts as itself."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif inner := ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None):
            ip = inner
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and ip not in _METADATA


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses only.

    ``permitted`` is, for the request under way, the one (host, port) that may be private. ``private`` remembers the
    pairs for which a private connection was opened, so that a pooled one is not lent to another source.
    """

    def __init__(self, permitted: ContextVar[tuple[str, int] | None]) -> None:
        self._permitted = permitted
        self._inner = httpcore.AnyIOBackend()
        self.private: set[tuple[str, int]] = set()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first checked address that answers.

        Raises ``Permanent("refused_address")``, or ``httpcore.ConnectError`` where none answers.
        """
        addresses = await self._resolve(host, port)
        if not all(is_public(address) for address in addresses):
            if self._permitted.get() != (host.lower(), port):
                raise Permanent("refused_address", f"{host} leads to an address that is not public")
            self.private.add((host.lower(), port))
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refused: no page lives in a socket file."""
        raise Permanent("refused_address", "a socket file is no web address")

    async def sleep(self, seconds: float) -> None:
        """Wait (the interface's own need)."""
        await self._inner.sleep(seconds)

    async def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved ({error})") from None
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))
