"""Which address a webhook may have: one that the configuration names, and nothing else (R42)."""

import re
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import urlsplit

from clienteling.addresses import is_loopback
from clienteling.egress import Place, place_of
from clienteling.errors import ClientelingError

LONGEST = 500
_PRINTABLE = re.compile(r"[!-~]+")


class Wrong(StrEnum):
    """What is wrong with an address."""

    NO_ADDRESS = "no_address"
    NOT_ENCRYPTED = "not_encrypted"
    NOT_NAMED = "not_named"


class AddressError(ClientelingError):
    """A webhook cannot have this address.

    Attributes:
        wrong: What is wrong with it.
        line: What the configuration would have to name, if it names it not.
    """

    exit_code = 2

    def __init__(self, wrong: Wrong, message: str, line: str = "") -> None:
        super().__init__(message)
        self.wrong, self.line = wrong, line


def check_url(text: str, places: Iterable[Place]) -> str:
    """Return the address, after every check.

    1. It is an http(s) address without a name, a password or a fragment, of a bearable length.
    2. It is encrypted, or on this very machine.
    3. The configuration names its host and port (`[webhooks] to`): only who can change that file
       says where this hub connects to, no page does.

    Raises:
        AddressError: a check failed.
    """
    url = text.strip()
    place = _place(url)
    if place is None:
        raise AddressError(
            Wrong.NO_ADDRESS,
            "Write an address like https://erp.example/hooks, without a name, password or #.",
        )
    scheme = urlsplit(url).scheme.lower()
    if scheme != "https" and not is_loopback(place.host):
        raise AddressError(
            Wrong.NOT_ENCRYPTED, "Beyond this machine the address must begin with https://."
        )
    if all((place.host, place.port) != (one.host, one.port) for one in places):
        line = f'to = ["{scheme}://{urlsplit(url).netloc.lower()}"]'
        raise AddressError(
            Wrong.NOT_NAMED,
            f"This hub may not connect there. Whoever runs it adds {line} under [webhooks] in "
            "config.toml, and starts it again.",
            line,
        )
    return url


def _place(url: str) -> Place | None:
    try:
        parts = urlsplit(url)
        good = (
            len(url) <= LONGEST
            and _PRINTABLE.fullmatch(url)
            and parts.scheme.lower() in {"http", "https"}
            and parts.hostname
            and "@" not in parts.netloc
            and "#" not in url
        )
        return place_of(url, "") if good else None
    except ValueError:
        return None
