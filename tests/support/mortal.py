"""Processes that die: an office whose databases stop taking writes after so many transactions.

Finer than the steps that a flow names: it stops between any two transactions of any database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from clienteling.home import Home
from consent.storage import Database, Databases


class Died(Exception):  # noqa: N818  (an event, not an error)
    """The process died here."""


@dataclass
class Life:
    """How many more transactions there will be."""

    left: int


class MortalDatabase(Database):
    """The same database, in a process that dies before a write."""

    def __init__(self, database: Database, life: Life) -> None:
        super().__init__(database.engine)
        self._life = life

    @contextmanager
    def write(self) -> Iterator[Session]:
        if not self._life.left:
            raise Died
        self._life.left -= 1
        with super().write() as session:
            yield session


def dying_after(home: Home, writes: int) -> Home:
    """The same shop in a process that dies after this many write transactions."""
    life, whole = Life(writes), home.databases
    mortal = Databases(
        MortalDatabase(whole.identity, life),
        MortalDatabase(whole.templates, life),
        MortalDatabase(whole.keys, life),
    )
    return replace(home, office=replace(home.office, databases=mortal))
