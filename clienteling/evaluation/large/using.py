"""Starting a large shop again, and asking it what staff ask, each beside a plainer way."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Final, TypeVar

import numpy as np
from pydantic import TypeAdapter

from clienteling.catalogue.shelf import shelf_of
from clienteling.catalogue.suggestions.history import Bought
from clienteling.customers.card import build_card
from clienteling.customers.directory import Directory
from clienteling.customers.everybody import everybodys
from clienteling.customers.find import find
from clienteling.customers.names import words_of
from clienteling.customers.page import open_page
from clienteling.customers.profile import Account
from clienteling.customers.purchases import sales_of
from clienteling.customers.records import RecordKind
from clienteling.customers.sections import open_sections
from clienteling.evaluation.large.memory import forget_peak, peak_mb, resident_mb
from clienteling.evaluation.suggestions.baselines import Ranker, most_popular
from clienteling.home import Home
from clienteling.service.arrivals import Arrival, ArrivalState, Staff
from clienteling.service.briefing import brief
from clienteling.service.learning import history_of
from clienteling.service.readiness import readiness
from clienteling.service.suggesting import SuggestionDesk
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for, subjects_granting

_TURNS: Final = 200
_SLOW_TURNS: Final = 3
_STAFF: Final = Staff("user:bench", "Bench")
T = TypeVar("T")
_ACCOUNT = TypeAdapter(Account)


@dataclass(frozen=True, slots=True)
class Start:
    """Something that is made once at the start. `peak_mb`: the most the process needed for it."""

    what: str
    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Use:
    """What staff ask, in milliseconds. `plain_ms`: the same in a plainer way, named `plain`."""

    what: str
    p50_ms: float
    p95_ms: float
    plain: str = ""
    plain_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """What was measured. `memory_mb`: resident with everything in memory, as in a running hub."""

    starts: tuple[Start, ...]
    uses: tuple[Use, ...]
    memory_mb: float


def use(
    reopen: Callable[[], Home],
    people: Sequence[Account],
    chance: random.Random,
    say: Callable[[str], None],
) -> Used:
    """Open the shop, make what a hub makes at its start, and ask for some hundred customers."""
    starting = _Starting(say)
    home = starting.timed("opened", reopen)
    office = home.office
    directory, desk = Directory(office), SuggestionDesk(office)
    starting.timed("names can be searched", directory.prepare)
    starting.timed("purchases are learnt", desk.learner.rebuild)
    memory = resident_mb()
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, Purpose.PURCHASES, office.now())
    several = [grant.subject_id for grant in chance.sample(grants, min(_TURNS, len(grants)))]
    named = [chance.choice(people).name.split()[-1][:4] for _ in range(_TURNS)]
    say("asking what staff ask")
    search = partial(find, office, reader=_STAFF.id, directory=directory)
    slow = [_timed(partial(_open_all, office, begun))[1] for begun in named[:_SLOW_TURNS]]
    popular = _popular(office, several)
    counting = [_timed(partial(readiness, office, shelf_of(office)))[1] for _ in range(_SLOW_TURNS)]
    uses = (
        _use("search by name", search, named, "every account opened", slow),
        _use("card of a customer", partial(_card, office), several),
        _use(
            "briefing with suggestions",
            partial(_brief, office, desk),
            several,
            "the most popular",
            [_timed(partial(popular, (), frozenset(), 5))[1] for _ in several],
        ),
        _use(
            "page with purchases",
            partial(open_page, office, reader=_STAFF.id, reason="bench"),
            several,
        ),
        Use(
            "doctor --data",
            1000 * median(counting),
            1000 * max(counting),
            "what is counted opened",
            1000 * _timed(partial(_opened, office))[1],
        ),
    )
    home.databases.close()
    return Used(tuple(starting.done), uses, memory)


@dataclass(slots=True)
class _Starting:
    say: Callable[[str], None]
    done: list[Start] = field(default_factory=list)

    def timed(self, what: str, work: Callable[[], T]) -> T:
        forget_peak()
        made, took = _timed(work)
        self.done.append(Start(what, took, peak_mb()))
        self.say(f"{what}: {took:.1f} s")
        return made


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


def _use(
    what: str,
    ask: Callable[[str], object],
    several: Sequence[str],
    plain: str = "",
    slow: Sequence[float] = (),
) -> Use:
    took = [1000 * _timed(partial(ask, one))[1] for one in several]
    p50, p95 = np.percentile(took, [50, 95])
    return Use(what, float(p50), float(p95), plain, 1000 * median(slow) if slow else None)


def _open_all(office: Office, begun: str) -> int:
    """Search as a program would that has no list of names: open every account."""
    return sum(
        any(word.startswith(begun.casefold()) for word in words_of(_name(content)))
        for _, content in open_sections(office, Purpose.ACCOUNT)
    )


def _opened(office: Office) -> int:
    """Read what a program would that has to open what it counts."""
    said = [open_sections(office, purpose) for purpose in (Purpose.PREFERENCES, Purpose.ALLERGIES)]
    bought = {record.subject_id for record in everybodys(office, RecordKind.SALE)}
    return len(bought) + sum(map(len, said))


def _name(content: bytes) -> str:
    return _ACCOUNT.validate_json(content).name


def _card(office: Office, subject_id: str) -> object:
    return build_card(office, subject_id, reader=_STAFF.id, confirmed=True, asked_by_name=True)


def _brief(office: Office, desk: SuggestionDesk, subject_id: str) -> object:
    arrival = Arrival(
        "bench", subject_id, None, office.now(), ArrivalState.CONFIRMED, claimed_by=_STAFF
    )
    return brief(office, desk, arrival, _STAFF)


def _popular(office: Office, several: Sequence[str]) -> Ranker:
    catalogue = shelf_of(office).catalogue()
    histories: list[tuple[Bought, ...]] = []
    for subject_id in several:
        with office.databases.identity.read() as identity:
            grant = grant_for(identity, subject_id, Purpose.PURCHASES, office.now())
        if grant is not None:
            histories.append(history_of(sales_of(office, grant), catalogue))
    return most_popular(histories)
