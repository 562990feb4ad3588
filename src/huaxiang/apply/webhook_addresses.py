"""Where a webhook may go: only to public addresses, unless the owner of the machine allows more.

A name is resolved once and the connection goes to the very address that was checked, so that a name server that answers
differently a moment later leads nowhere. Only ``http`` and ``https`` on their own ports, nothing in front of the host.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from huaxiang.errors import Denied, InputError

LONGEST = 2_000
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\Z"
)
#: Networks that no name on the internet leads to, beside those that Python knows as not global.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10",
        "192.0.0.0/24",
        "198.18.0.0/15",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
    )
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Gives the addresses of a host.
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Destination:
    """Where to connect: the ``address`` that was checked, and the ``host`` and ``port`` that the request is for."""

    scheme: str
    host: str
    port: int
    target: str
    address: str

    @property
    def host_header(self) -> str:
        """The host as the request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def connect_url(self) -> str:
        """The address with the path, for a client that must not resolve anything itself."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{host}:{self.port}{self.target}"


@dataclass(frozen=True)
class Allowed:
    """What the owner of the machine allows beyond public addresses: host names (``erp.local``, ``127.0.0.1:9000`` for
    one port) and networks (``10.1.0.0/16``)."""

    entries: tuple[str, ...] = ()

    def names(self, host: str, port: int) -> bool:
        """Whether that host, or that host on that port, is named."""
        return host.lower() in self._plain or f"{host.lower()}:{port}" in self._plain

    def covers(self, address: Address) -> bool:
        """Whether the address is in one of the networks."""
        networks = [ipaddress.ip_network(one, strict=False) for one in self.entries if "/" in one]
        return any(address.version == network.version and address in network for network in networks)

    @property
    def _plain(self) -> set[str]:
        return {one.lower() for one in self.entries if "/" not in one}


def checked_url(url: str, allowed: Allowed) -> Destination:
    """The destination of a URL as far as can be said without resolving it; ``address`` is empty.

    Raises :class:`InputError` for a URL that is not plainly written and :class:`Denied` for a host that no webhook goes
    to.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise InputError("webhooks.url_unfit", given=url[:80].encode("ascii", "replace").decode())
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("webhooks.url_unfit", given=url[:80]) from None
    scheme, host = parts.scheme.lower(), parts.hostname or ""
    if scheme not in _PORTS or "@" in parts.netloc or parts.fragment or not host:
        raise InputError("webhooks.url_unfit", given=url[:80])
    port = _PORTS[scheme] if port is None else port
    named = allowed.names(host, port)
    if port != _PORTS[scheme] and not named and not _literal_allowed(host, allowed):
        raise Denied("webhooks.port", port=port, host=host)
    _check_host(host, allowed, named=named)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(scheme, host, port, target, "")


def resolved(url: str, allowed: Allowed, resolve: Resolve | None = None) -> Destination:
    """The destination of a URL with the one address to connect to. Raises :class:`Denied` when any of the host's
    addresses is not public and not allowed, and :class:`InputError` for a host that has none."""
    found = checked_url(url, allowed)
    try:
        addresses = [ipaddress.ip_address(one) for one in (resolve or _resolve)(found.host, found.port)]
    except (OSError, ValueError):
        addresses = []
    if not addresses:
        raise InputError("webhooks.host_unknown", host=found.host)
    if not allowed.names(found.host, found.port):
        for address in addresses:
            if not _is_public(address) and not allowed.covers(address):
                raise Denied("webhooks.not_public", host=found.host)
    return Destination(found.scheme, found.host, found.port, found.target, str(addresses[0]))


def _check_host(host: str, allowed: Allowed, *, named: bool) -> None:
    literal = _literal(host)
    if literal is not None:
        if not (named or _is_public(literal) or allowed.covers(literal)):
            raise Denied("webhooks.not_public", host=host)
        return
    # What looks like a number in any base is read as an address by some resolvers: 2130706433, 0x7f.1, 0177.0.0.1.
    last = host.rstrip(".").rpartition(".")[2]
    if not _HOST.match(host.rstrip(".")) or re.match(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)\Z", last):
        raise InputError("webhooks.host_unfit", host=host[:80])
    if not named and ("." not in host.rstrip(".") or last.lower() in ("local", "localhost", "internal", "lan", "home")):
        raise Denied("webhooks.not_public", host=host)


def _literal_allowed(host: str, allowed: Allowed) -> bool:
    literal = _literal(host)
    return literal is not None and allowed.covers(literal)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return _is_public(inner)
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))
