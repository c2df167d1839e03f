"""A button without a display: each press, or each pass that a reader reads, asks the hub once.

The button was paired and has its token in a file. Where a key comes from is `camera.keys`.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from camera.config import read_secret
from camera.keys import Asked
from clienteling.addresses import hub_address
from clienteling.errors import RefusedError, UsageError

_LOG = logging.getLogger(__name__)
_SECONDS: Final = 5.0
_FORBIDDEN: Final = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class ButtonConfig:
    """What `clienteling button` is told.

    Attributes:
        hub: HTTPS, unless it is on this very machine.
        camera: Whose window it opens.
        token_file: Holds the token that pairing gave.
    """

    hub: str
    camera: str
    token_file: Path


def print_outcome(outcome: str) -> None:
    """Print one JSON line: what the hub answered, in one word."""
    sys.stdout.write(json.dumps({"event": "pressed", "outcome": outcome}) + "\n")
    sys.stdout.flush()


def run_button(
    config: ButtonConfig,
    presses: Iterable[Asked],
    *,
    tell: Callable[[str], None] = print_outcome,
) -> int:
    """Press, or show the pass, for each item until there are no more; return 0 then.

    A hub that is away costs that press and no more: a press is for this moment, or for none.

    Raises:
        UsageError: the hub's address is none. StartError: the token cannot be read.
        RefusedError: the hub does not know this button (any more), or not for this camera.
    """
    try:
        address = f"{hub_address(config.hub)}/api/v1/greet/{config.camera}"
    except ValueError as error:
        raise UsageError(f"--hub: {error}.") from error
    headers = {"Authorization": f"Bearer {read_secret(config.token_file)}"}
    with httpx.Client(
        headers=headers, timeout=_SECONDS, trust_env=False, follow_redirects=False
    ) as client:
        for asked in presses:
            tell(_ask(client, address, asked))
    return 0


def _ask(client: httpx.Client, address: str, asked: Asked) -> str:
    """Press, or send the pass in the body: an address is logged on its way."""
    body = None if asked is None else b"".join((b'{"pass": "', asked.text, b'"}'))
    kind = {} if asked is None else {"Content-Type": "application/json"}
    try:
        reply = client.post(address, content=body, headers=kind)
        outcome = str(reply.json().get("outcome", ""))
    except (httpx.HTTPError, ValueError, AttributeError):
        _LOG.warning("The hub does not answer. Check its address, and that it runs.")
        return "unavailable"
    if reply.status_code in _FORBIDDEN:
        raise RefusedError(
            "The hub does not know this button, or it belongs to another camera. Pair it again: "
            "`clienteling device add --kind button --camera …` at the hub."
        )
    return outcome or "unavailable"
