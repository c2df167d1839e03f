"""Processes that die: an office whose databases stop taking writes after so many transactions.

Finer than the steps that a flow names: it stops between any two transactions of any database.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
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
        super().__init__(database.engine, database.kind)
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


@dataclass
class Countdown:
    """How many writing statements and commits there still are before the process dies."""

    left: int

    def tick(self) -> None:
        if not self.left:
            raise Died
        self.left -= 1


@contextmanager
def dying_at(home: Home, point: int) -> Iterator[Countdown]:
    """Let the process die at the so manieth statement that writes, or commit, in any database.

    A transaction that was begun is rolled back then, as SQLite does after a crash.
    """
    countdown = Countdown(point)

    def before(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            countdown.tick()

    def committing(_connection: Any) -> None:
        countdown.tick()

    engines = [database.engine for database in _all_of(home)]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "commit", committing)
    try:
        yield countdown
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", before)
            event.remove(engine, "commit", committing)


def dying_after_step(home: Home, number: int) -> Home:
    """The same shop in a process that dies after so many named steps of its flows."""
    countdown = Countdown(number)
    return replace(home, office=replace(home.office, after_step=lambda _step: countdown.tick()))


@contextmanager
def with_pragma(database: Database, pragma: str) -> Iterator[None]:
    """Set this pragma on a database's connections before each use: a limit, a timeout."""

    def taken(connection: Any, *_more: Any) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(database.engine, "checkout", taken)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", taken)
        database.close()  # what the pragma set stays with a connection


@contextmanager
def failing(database: Database, says: str, *, writing: bool = False) -> Iterator[None]:
    """Let every statement fail with what SQLite says; `writing`: those that write only."""
    with _failing(database.engine, says, writing=writing):
        yield


@contextmanager
def failing_everywhere(says: str, *, writing: bool = False) -> Iterator[None]:
    """The same in every database that this process has open, or opens."""
    with _failing(Engine, says, writing=writing):
        yield


@contextmanager
def _failing(target: Engine | type[Engine], says: str, *, writing: bool) -> Iterator[None]:

    def before(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not writing or statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            raise OperationalError(statement, None, sqlite3.OperationalError(says))

    event.listen(target, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(target, "before_cursor_execute", before)


def _all_of(home: Home) -> tuple[Database, ...]:
    return (home.databases.identity, home.databases.templates, home.databases.keys)
