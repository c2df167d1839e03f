"""A complete office over three real databases in a temporary folder; tests move its clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from consent.errors import StorageError
from consent.keystore.keyring import KeyRing, open_keyring
from consent.keystore.roots.local import RootKey
from consent.models import IdentityBase, KeysBase, TemplatesBase
from consent.notices import Notices
from consent.office import Controller, Eraser, Office, Processing, Statement
from consent.postgresql import open_postgresql
from consent.purposes import Purpose
from consent.region.profiles import load_profile
from consent.setting import EdgeAnswer
from consent.storage import Databases, open_sqlite
from tests.support.postgresql import lent

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Tells the time that a test sets; every call is a millisecond later than the one before."""

    moment: datetime = START

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def move(self, step: timedelta) -> None:
        self.moment += step


@dataclass
class Shelf:
    """Stands for the tables of other packages: what is kept of whom, and under which alias."""

    kept: dict[tuple[str, Purpose], str] = field(default_factory=dict)
    broken: bool = False

    def put(self, subject_id: str, purpose: Purpose, what: str) -> None:
        self.kept[subject_id, purpose] = what

    def aliases(
        self, _identity: Session, subject_id: str, purposes: frozenset[Purpose]
    ) -> tuple[str, ...]:
        return tuple(
            what
            for (subject, purpose), what in self.kept.items()
            if subject == subject_id and purpose in purposes and purpose is Purpose.RECOGNISE
        )

    def erase(
        self, _databases: Databases, subject_id: str, purposes: frozenset[Purpose]
    ) -> tuple[str, ...]:
        if self.broken:
            raise StorageError("The disk is full.")
        gone = [key for key in self.kept if key[0] == subject_id and key[1] in purposes]
        removed = {key: self.kept.pop(key) for key in gone}
        return tuple(what for (_, purpose), what in removed.items() if purpose is Purpose.RECOGNISE)


@dataclass
class Edges:
    """Stands for the edges: up to which entry they all know."""

    known: int = 10**9

    def answers(self, _identity: Session, leaf_index: int) -> dict[str, EdgeAnswer]:
        known = leaf_index <= self.known
        return {"edge-1": EdgeAnswer.REMOVED if known else EdgeAnswer.WAITING}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def edges() -> Edges:
    return Edges()


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    server = lent()
    if server is not None:
        opened = open_postgresql(server.identity, server.templates, server.keys)
    else:
        opened = open_sqlite(tmp_path / "data")
        IdentityBase.metadata.create_all(opened.identity.engine)
        TemplatesBase.metadata.create_all(opened.templates.engine)
        KeysBase.metadata.create_all(opened.keys.engine)
    yield opened
    opened.close()


@pytest.fixture
def ring(databases: Databases) -> KeyRing:
    return open_keyring(databases.keys, lambda: (RootKey(bytes(32), development=True),), START)


@pytest.fixture
def controller() -> Controller:
    return Controller(
        tenant="tenant-1",
        store_id="store-1",
        name="Suikerhuis",
        address="Markt 1, Delft",
        contact="privacy@example.org",
        dpo="dpo@example.org",
        demo=True,
    )


@pytest.fixture
def office(
    databases: Databases,
    ring: KeyRing,
    controller: Controller,
    shelf: Shelf,
    edges: Edges,
    clock: Clock,
) -> Office:
    return Office(
        databases=databases,
        ring=ring,
        controller=controller,
        profile=load_profile("eu"),
        erasers=(Eraser("shelf", shelf.erase, shelf.aliases),),
        now=clock,
        edges=edges.answers,
        processing=Processing(till=True),
    )


class Stopped(Exception):  # noqa: N818  (a death, not an error)
    """The process died here."""


def stopping_after(office: Office, step: str) -> Office:
    """Return the same office in a process that dies once `step` is done."""

    def stop(done: str) -> None:
        if done == step:
            raise Stopped(step)

    return replace(office, after_step=stop)


@pytest.fixture
def statement() -> Statement:
    return Statement(
        language="nl",
        notice_version=Notices("eu").current_version,
        method="kiosk",
        collected_by="device:kiosk-1",
        attestation=None,
        confirmed=True,
        age_confirmed=True,
    )
