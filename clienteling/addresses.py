"""Addresses of other machines: which are this very one, and how a hub's is written."""

import ipaddress
from urllib.parse import urlsplit

_LOCAL_NAMES = frozenset({"localhost"})


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its name or number; a name is not looked up."""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def hub_address(text: str) -> str:
    """Return the address of a hub without a slash at its end.

    Raises:
        ValueError: it is none, carries a secret, or would be spoken to in the clear elsewhere.
    """
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write the hub's address like https://hub.shop.example")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the hub's address carries no name, password, ? or #")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("a hub on another machine must be reached by https://")
    return text.rstrip("/")
