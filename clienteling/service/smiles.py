"""One question after a visit: delighted, fine or disappointed? Counted by day, and nothing more.

A token is good for one answer and lives in the hub's memory; a restart voids them all. Where a
member of staff asked a customer whom they greet, the token knows whose visit it was, for one thing
only: a disappointed customer who leaves words gets a service request with their account. The answer
itself is never linked to anybody.
"""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from clienteling.errors import UsageError
from clienteling.service.figures import Figure, count, daily
from clienteling.service.helpbar.acts import open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, NewHelp
from clienteling.service.models import InvitationRow
from consent.errors import ConsentMissingError, KeyUnavailableError
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office

#: How long a token may be answered, and how long words may follow.
LIFETIME: Final = timedelta(hours=2)
_MOST: Final = 5_000
LONGEST_INVITATION, LONGEST_LINK = 280, 200


class Smile(StrEnum):
    """The answer."""

    DELIGHTED = "delighted"
    FINE = "fine"
    DISAPPOINTED = "disappointed"

    @property
    def figure(self) -> Figure:
        """What counts it."""
        return Figure(f"smile_{self.value}")


class SmileGoneError(UsageError):
    """The token was answered, is too old, or never was."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the shop says to whoever would tell others; both may be empty."""

    text: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class _Visit:
    subject_id: str | None = field(repr=False)
    until: datetime


class SmileDesk:
    """The tokens of one shop. Every method may be called from any thread."""

    def __init__(self, office: Office) -> None:
        """Start with none."""
        self._office = office
        self._asked: dict[str, _Visit] = {}
        self._words: dict[str, _Visit] = {}
        self._lock = threading.Lock()

    def ask(self, subject_id: str | None = None, *, actor: str = "anonymous") -> str:
        """Return a token for one answer; that a customer was asked is logged."""
        if subject_id is not None:
            with self._office.databases.identity.write() as identity:
                ledger.append(
                    identity,
                    self._office.ring,
                    EventKind.SMILE_ASKED,
                    actor=actor,
                    about=subject_id,
                    detail={},
                    now=self._office.now(),
                )
        return self._put(self._asked, subject_id)

    def is_open(self, token: str) -> bool:
        """Whether it can be answered."""
        with self._lock:
            visit = self._asked.get(token)
        return visit is not None and visit.until > self._office.now()

    def answer(self, token: str, smile: Smile) -> str:
        """Count an answer, once; returns a key with which a disappointed customer leaves words.

        The key is "" for the other answers.

        Raises:
            SmileGoneError: it was answered, is too old, or never was.
        """
        visit = self._take(self._asked, token)
        with self._office.databases.identity.write() as identity:
            count(identity, smile.figure, self._office.now())
        if smile is not Smile.DISAPPOINTED:
            return ""
        return self._put(self._words, visit.subject_id)

    def knows_whose(self, key: str) -> bool:
        """Whether words under this key go to a customer's account."""
        with self._lock:
            visit = self._words.get(key)
        return visit is not None and visit.subject_id is not None

    def tell(self, key: str, asked: Asked) -> str:
        """Open a complaint with what a disappointed customer wrote; returns the request's id.

        If the account ended meanwhile, it is the request of somebody without one.

        Raises:
            UsageError: nothing was written, or too much; the key stays good.
            SmileGoneError: words were left already, or too late.
        """
        visit = self._take(self._words, key)
        try:
            if visit.subject_id is not None:
                linked = NewHelp(HelpKind.COMPLAINT, Asked(asked.what), visit.subject_id)
                try:
                    return open_request(self._office, linked, actor="anonymous")
                except (ConsentMissingError, KeyUnavailableError):
                    pass
            return open_request(self._office, NewHelp(HelpKind.COMPLAINT, asked), actor="anonymous")
        except BaseException:
            with self._lock:
                self._words[key] = visit
            raise

    def _put(self, where: dict[str, _Visit], subject_id: str | None) -> str:
        now, token = self._office.now(), secrets.token_urlsafe(16)
        with self._lock:
            for old in [one for one, visit in where.items() if visit.until <= now]:
                del where[old]
            while len(where) >= _MOST:  # the oldest goes: many ask, few answer
                del where[next(iter(where))]
            where[token] = _Visit(subject_id, now + LIFETIME)
        return token

    def _take(self, where: dict[str, _Visit], token: str) -> _Visit:
        with self._lock:
            visit = where.pop(token, None)
        if visit is None or visit.until <= self._office.now():
            raise SmileGoneError("This question was answered already, or too long ago.")
        return visit


def smiles_by_day(identity: Session, first: date, last: date) -> Mapping[Smile, Mapping[date, int]]:
    """Return how often each answer was given, by day; a day without any is absent."""
    found = daily(identity, [smile.figure for smile in Smile], first, last)
    return {smile: found[smile.figure] for smile in Smile}


def invitation(identity: Session) -> Invitation:
    """Return what the shop says to whoever would tell others."""
    row = identity.get(InvitationRow, 1)
    return Invitation() if row is None else Invitation(row.text, row.link)


def set_invitation(identity: Session, text: str, link: str) -> None:
    """Keep it; it is shown to everybody who answered, whatever they answered (0252).

    Raises:
        UsageError: too long, or the link is no address that begins with https://.
    """
    text, link = text.strip(), link.strip()
    if len(text) > LONGEST_INVITATION or len(link) > LONGEST_LINK:
        raise UsageError("This is too long.")
    if link:
        parts = urlsplit(link)
        if parts.scheme != "https" or not parts.hostname or parts.username is not None:
            raise UsageError("Give an address that begins with https://, or leave it empty.")
    identity.merge(InvitationRow(id=1, text=text, link=link))
