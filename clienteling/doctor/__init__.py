"""`clienteling doctor`: what is wrong with an installation, and what to do about it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from clienteling.config import load_config
from clienteling.doctor.check import Check, attempt, fail
from clienteling.doctor.machine import look_at_machine, look_at_recognition
from clienteling.doctor.shop import look_at_cameras, look_at_keys, look_at_log, look_at_papers
from clienteling.errors import ClientelingError
from clienteling.home import Home, open_home
from consent.errors import ConsentError

_IN_THE_SHOP: tuple[tuple[str, Callable[[Home], Iterable[Check]]], ...] = (
    ("papers", look_at_papers),
    ("keys", look_at_keys),
    ("log", look_at_log),
    ("cameras", look_at_cameras),
)


def examine(folder: Path) -> tuple[Check, ...]:
    """Look at everything; what does not hold never keeps the rest from being looked at.

    The shop is opened as for an inspection: nothing is written into its log.
    """
    try:
        config = load_config(folder)
    except ClientelingError as error:
        return (fail("configuration", str(error)),)
    found = attempt("machine", lambda: look_at_machine(folder, config))
    found += attempt("recognition", lambda: look_at_recognition(config))
    try:
        home = open_home(folder, inspecting=True)
    except (ClientelingError, ConsentError) as error:
        return (*found, fail("shop", str(error)))
    try:
        for name, look in _IN_THE_SHOP:
            found += attempt(name, lambda look=look: look(home))  # type: ignore[misc]
    finally:
        home.databases.close()
    return tuple(found)
