"""The shop's customers by name, in memory: made once, then kept true by following the log.

Names lie sealed in the database, so a search by name has to open them. Here that is done once, in
the background, and what joins, changes and ends afterwards is read from the log, whichever process
did it. It is only ever a way to find: who may be shown is asked of the consent records each time
(`clienteling.customers.find`).
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from clienteling.customers.names import Hit, NameIndex
from clienteling.customers.profile import Account, digests_of
from clienteling.customers.sections import batched, open_of
from clienteling.errors import ClientelingError
from consent.errors import ConsentError
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, subjects_granting

_log = logging.getLogger(__name__)
_ACCOUNT = TypeAdapter(Account)

#: Who joins is in the log a moment before the name is sealed: so long it is looked for again.
SETTLES: Final = timedelta(seconds=60)
#: Seconds until making the list is tried again where it failed.
_AGAIN: Final = 2.0
_BATCH: Final = 500

_ENDS: Final = frozenset({EventKind.ERASURE_OPENED, EventKind.RESTRICTION_SET})
_CHANGES: Final = frozenset(
    {EventKind.CORRECTION, EventKind.RESTRICTION_LIFTED, EventKind.CUSTOMERS_MERGED}
)
_CONSENTS: Final = frozenset(
    {EventKind.CONSENT_GIVEN, EventKind.CONSENT_WITHDRAWN, EventKind.CONSENT_EXPIRED}
)
_READ: Final = _ENDS | _CHANGES | _CONSENTS


class PreparingError(ClientelingError):
    """The list of names is being made; exact look-ups work."""

    def __init__(self, ready: int, of: int) -> None:
        super().__init__(
            f"The list of names is being prepared: {ready:,} of {of:,}. Until then look up by "
            "e-mail address, phone number or card."
        )
        self.ready, self.of = ready, of


@dataclass(frozen=True, slots=True)
class Alike:
    """What may show that two accounts are one person's: the name's words, and hashed contacts."""

    subject_id: str
    words: tuple[str, ...]
    contacts: tuple[str, ...]


class Directory:
    """One for each process. Its methods may be called from any thread."""

    def __init__(self, office: Office) -> None:
        """Begin empty: `start` fills it in a thread, `prepare` at once."""
        self._office = office
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._names = NameIndex()
        self._contacts: dict[str, tuple[str, ...]] = {}
        self._ready = False
        self._of = 0
        self._seen = -1
        self._unsettled: dict[str, datetime] = {}
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_ready(self) -> bool:
        """Whether names can be searched."""
        return self._ready

    def start(self) -> None:
        """Make the list in a thread of its own; whoever searches meanwhile is told to wait."""
        self._thread = threading.Thread(target=self._run, name="directory", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self.prepare()
            except ConsentError as error:
                _log.error("the list of names waits: %s", error)
                self._ending.wait(_AGAIN)
            else:
                return

    def prepare(self) -> None:
        """Make the list now; nothing happens where it is there.

        Raises:
            StorageError: a database is away. SealError: stored bytes were altered.
        """
        with self._building:
            if self._ready:
                return
            office = self._office
            with office.databases.identity.read() as identity:
                # First where the log is: what comes after it is read again by `follow`.
                self._seen = ledger.size(identity) - 1
                grants = subjects_granting(identity, Purpose.ACCOUNT, office.now())
            self._of = len(grants)
            for some in batched(grants):
                if self._ending.is_set():
                    return
                self._take(some)
            with self._lock:
                # Sealed a moment from now, by whoever is joining just now.
                missing = (g.subject_id for g in grants if g.subject_id not in self._names)
                self._unsettled |= dict.fromkeys(missing, office.now() + SETTLES)
            self._ready = True

    def follow(self) -> None:
        """Read what is new in the log, and take it over; nothing happens before the list is made.

        Raises:
            StorageError, SealError: as `prepare`.
        """
        if not self._ready:
            return
        with self._building:
            with self._office.databases.identity.read() as identity:
                changed = self._read_log(identity)
                now = self._office.now()
                with self._lock:
                    self._unsettled = {w: t for w, t in self._unsettled.items() if t > now}
                    changed |= self._unsettled.keys()
                several = sorted(changed)
                grants = [
                    grant
                    for start in range(0, len(several), _BATCH)
                    for grant in subjects_granting(
                        identity, Purpose.ACCOUNT, now, several[start : start + _BATCH]
                    )
                ]
            self._drop(changed - {grant.subject_id for grant in grants})
            for some in batched(grants):
                self._take(some)

    def search(self, query: str, limit: int) -> tuple[Hit, ...]:
        """Return at most `limit` people whose name fits, as of this moment.

        Raises:
            PreparingError: the list is being made.
            StorageError, SealError: as `prepare`.
        """
        if self._thread is None:
            self.prepare()
        if not self._ready:
            raise PreparingError(len(self._names), self._of)
        self.follow()
        with self._lock:
            return self._names.search(query, limit)

    def everybody(self) -> tuple[Alike, ...]:
        """Return everyone, to find accounts that may be the same person's.

        Raises:
            As `search`.
        """
        if self._thread is None:
            self.prepare()
        if not self._ready:
            raise PreparingError(len(self._names), self._of)
        self.follow()
        with self._lock:
            return tuple(
                Alike(who, words, self._contacts.get(who, ())) for who, words in self._names
            )

    def _read_log(self, identity: Session) -> set[str]:
        """Return whom the new entries concern; who ended is dropped at once."""
        changed: set[str] = set()
        while True:
            entries = ledger.entries_after(identity, self._seen, _READ, _BATCH)
            for entry in entries:
                if entry.about is not None and _concerns_the_account(entry):
                    changed.add(entry.about)
                    if entry.kind is EventKind.CONSENT_GIVEN:
                        self._unsettled[entry.about] = self._office.now() + SETTLES
                if entry.about is not None and entry.kind in _ENDS:
                    self._drop((entry.about,))
            if len(entries) < _BATCH:
                self._seen = max(self._seen, ledger.size(identity) - 1)
                return changed
            self._seen = entries[-1].leaf_index

    def _take(self, grants: Iterable[Grant]) -> None:
        found = [
            (subject_id, _ACCOUNT.validate_json(content))
            for subject_id, content in open_of(self._office, list(grants))
        ]
        with self._lock:
            for subject_id, account in found:
                self._names.put(subject_id, account.name)
                self._contacts[subject_id] = digests_of(self._office, account)
                self._unsettled.pop(subject_id, None)

    def _drop(self, subject_ids: Iterable[str]) -> None:
        with self._lock:
            for subject_id in subject_ids:
                self._names.drop(subject_id)
                self._contacts.pop(subject_id, None)


def _concerns_the_account(entry: EntryView) -> bool:
    if entry.kind in _CONSENTS:
        return (entry.detail or {}).get("purpose") == Purpose.ACCOUNT.value
    return True
