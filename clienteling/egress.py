"""Where a hub or a camera may connect to: what its configuration names, and nothing else (R42).

An audit hook of the interpreter sees every look-up and every connection that Python code makes,
whichever library makes it, before anything is sent. Code in C that opens a socket by itself (OpenCV
with a stream) is not seen: for streams `require_local` looks at the address beforehand, and the
systemd units bound the whole process (docs/decisions/0182).
"""

import ipaddress
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from clienteling.addresses import is_loopback
from clienteling.errors import RefusedError

_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


class EgressRefusedError(RefusedError):
    """A connection to an address that the configuration does not name. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Place:
    """One address that may be connected to, and the setting that names it."""

    host: str
    port: int
    setting: str


def place_of(url: str, setting: str) -> Place:
    """Return the place of an http(s) or rtsp(s) address."""
    parts = urlsplit(url)
    return Place(parts.hostname or "", parts.port or _PORTS[parts.scheme.lower()], setting)


@contextmanager
def only_to(places: Iterable[Place]) -> Iterator[None]:
    """Refuse every connection of this process but those to `places` and to this very machine.

    Raises:
        EgressRefusedError: in whatever code tries another address.
    """
    global _guard  # noqa: PLW0603  (a hook cannot be taken back: it looks here)
    with _installing:
        if not _hooked:
            sys.addaudithook(_hook)
            _hooked.append(True)
    before, _guard = _guard, _Guard(tuple(places))
    try:
        yield
    finally:
        _guard = before


def require_local(host: str, setting: str) -> None:
    """Refuse an address that is not on the shop's own network. A name nobody knows yet may pass.

    Raises:
        EgressRefusedError: it is a public address.
    """
    for address in _resolved(host):
        if ipaddress.ip_address(address).is_global:
            raise EgressRefusedError(
                f"{setting}: {host} is a public address. Give the camera one on the shop's own "
                "network: its pictures must not cross the internet."
            )


class _Guard:
    """The list in force. For several threads."""

    def __init__(self, places: tuple[Place, ...]) -> None:
        self._places = places
        self._names = {place.host.casefold() for place in places} | {
            socket.gethostname().casefold()
        }

    def look_up(self, host: object) -> None:
        name = _text(host)
        if not name or _address(name) or is_loopback(name) or name.casefold() in self._names:
            return
        raise self._refused(name)

    def connect(self, family: int, address: object) -> None:
        if family == socket.AF_UNIX or address is None:  # no other machine; or connected before
            return
        if family not in {socket.AF_INET, socket.AF_INET6} or not isinstance(address, tuple):
            raise self._refused(f"a socket of family {family}")
        host, port = _text(address[0]), address[1]
        if self._is_here(host) or any(self._is(place, host, port) for place in self._places):
            return
        raise self._refused(f"{host}:{port}")

    def _is_here(self, host: str) -> bool:
        found = _address(host)
        return is_loopback(host) or (
            found is not None and (found.is_loopback or found.is_unspecified)
        )

    def _is(self, place: Place, host: str, port: object) -> bool:
        if port != place.port:
            return False
        return host.casefold() == place.host.casefold() or str(_address(host)) in _resolved(
            place.host
        )

    def _refused(self, where: str) -> EgressRefusedError:
        named = ", ".join(f"{p.host}:{p.port} ({p.setting})" for p in self._places)
        return EgressRefusedError(
            f"A connection to {where} was refused and nothing was sent. This process may connect "
            f"to this machine and to what its configuration names: {named or 'nothing else'}."
        )


_guard: _Guard | None = None
_hooked: list[bool] = []
_installing = threading.Lock()


def _hook(event: str, args: tuple[Any, ...]) -> None:
    guard = _guard
    if guard is None or not event.startswith("socket."):
        return
    match event:
        case "socket.connect" | "socket.sendto" | "socket.sendmsg":
            guard.connect(args[0].family, args[1])
        case "socket.getaddrinfo" | "socket.gethostbyname" | "socket.gethostbyaddr":
            guard.look_up(args[0])
        case "socket.getnameinfo":
            guard.connect(socket.AF_INET, args[0])


def _text(host: object) -> str:
    if isinstance(host, bytes | bytearray):
        return host.decode("ascii", "replace")
    return "" if host is None else str(host)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return a host as a number, an IPv4 one in IPv6 clothes as what it is; None: it is a name."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _resolved(host: str) -> frozenset[str]:
    """Return the numbers of a host, none if nobody knows it now."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return frozenset()
    return frozenset(str(_address(str(entry[4][0]))) for entry in found)
