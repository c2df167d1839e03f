"""The risks that an impact assessment names, their controls, and which are active here and now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from clienteling.home import Home
from clienteling.oversight.edges import edge_states
from clienteling.oversight.watching import Watched, watched, watches
from clienteling.papers.description import Description
from clienteling.service.signs import SignBook, cameras_of
from clienteling.service.stop import is_stopped
from consent.region.policy import CapturePolicy

#: Each threat and the controls against it, by name; the words are in `papers/words`.
RISKS: Final[dict[str, tuple[str, ...]]] = {
    "edge_stolen": ("own_shop", "lease", "store_rotation"),
    "backup_stolen": ("databases", "sealed", "key_copies"),
    "root_key_read": ("root_sealed",),
    "curious_staff": ("confirm_first", "read_log", "auto_clear"),
    "malicious_admin": ("log", "witness", "second_person"),
    "photo_shown": ("attack_check", "challenge", "confirm_first", "holder_pass"),
    "passer_by": ("asked", "one_face", "memory", "signs"),
    "minor": ("age_first", "stop_switch"),
    "withdrawn_offline": ("lease", "acknowledged", "consent_again"),
    "forged_event": ("device_signature", "once"),
    "wrong_person": ("threshold", "runner_up", "confirm_first"),
}

#: What is part of the program and cannot be switched off.
BUILT_IN: Final = frozenset(
    {
        "own_shop", "lease", "store_rotation", "databases", "sealed", "key_copies", "confirm_first",
        "read_log", "auto_clear", "log", "second_person", "one_face", "memory", "age_first",
        "stop_switch", "acknowledged", "consent_again", "device_signature", "once", "threshold",
        "runner_up",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Present:
    """How the shop stands at this moment; it changes without making a paper out of date.

    Attributes:
        witness: How well the log is watched.
        attack_checks: Each camera that was heard, and its check against prints and screens.
        signs: Each camera, and whether the attestation of its sign counts.
        challenge: Whether customers are asked for a movement.
        stopped: Whether recognition is stopped.
    """

    witness: Watched
    attack_checks: tuple[tuple[str, str], ...]
    signs: tuple[tuple[str, bool], ...]
    challenge: bool
    stopped: bool


def present(home: Home) -> Present:
    """Look how the shop stands."""
    now, config = home.office.now(), home.config
    book = SignBook(home.office, config.region.policy, config.papers.sign_attested)
    with home.databases.identity.read() as identity:
        edges = edge_states(identity, now)
        return Present(
            witness=watched(watches(identity, now, timedelta(hours=config.log.witness_hours))),
            attack_checks=tuple(
                (edge.camera, edge.attack_check or "none") for edge in edges if not edge.revoked
            ),
            signs=tuple(
                (name, book.sign_counts(identity, name, now.date()))
                for name in cameras_of(identity)
            ),
            challenge=config.recognition.challenge,
            stopped=is_stopped(identity),
        )


def active_controls(shop: Description, now: Present) -> frozenset[str]:
    """Return which controls work here now."""
    own = {
        "root_sealed": "key_development" not in shop.measures,
        "witness": now.witness is Watched.WATCHED,
        "attack_check": _all(level != "none" for _camera, level in now.attack_checks),
        "challenge": now.challenge,
        "holder_pass": shop.policy == CapturePolicy.PASS,
        "asked": shop.policy in {CapturePolicy.PASS, CapturePolicy.TRIGGER},
        "signs": _all(counts for _camera, counts in now.signs),
    }
    return BUILT_IN | {name for name, works in own.items() if works}


def _all(cameras: Iterable[bool]) -> bool:
    """Whether there is a camera, and it is so at each."""
    found = tuple(cameras)
    return bool(found) and all(found)
