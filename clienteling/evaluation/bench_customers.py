"""How fast customers are found among many: names in memory beside opening every account.

The customers are invented (`people`), taken over by the product's own import into a temporary
shop. A search is what a member of staff waits for: finding, reading the accounts that are shown,
and the entry in the log on the disk.
"""

import random
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from pydantic import TypeAdapter

from clienteling.config import PapersConfig, RegionConfig
from clienteling.customers.directory import Directory
from clienteling.customers.find import find
from clienteling.customers.names import words_of
from clienteling.customers.profile import Account
from clienteling.customers.sections import open_sections
from clienteling.evaluation.progress import counted
from clienteling.exchange.import_file import read_file
from clienteling.exchange.importing import Existing, import_customers
from clienteling.exchange.informing import InformFile
from clienteling.home import NewHome, init_home, new_store
from consent.office import Office
from consent.purposes import Purpose

Say = Callable[[str], None]

_TURNS: Final = 100
_BASELINE_TURNS: Final = 3
_ACCOUNT = TypeAdapter(Account)
_FIRST: Final = (
    *("Sanne", "Daan", "Emma", "Lucas", "Fatima", "Mohammed", "Renée", "Łukasz", "Zoë", "Jan"),
    *("Willem", "Maria", "Johanna", "Pieter", "Anouk", "Youssef", "Chantal", "Björn", "Inês"),
)
_PARTICLES: Final = ("", "", "", "van ", "de ", "van der ", "van den ", "el ", "ten ")
_SYLLABLES: Final = (
    *("ja", "bak", "vis", "mul", "koo", "meij", "dek", "ver", "hoe", "brou", "smi", "pee", "wij"),
    *("len", "ker", "ser", "der", "ter", "man", "huis", "stra", "sen", "berg", "ma", "ink", "ing"),
)


@dataclass(frozen=True, slots=True)
class QueryTimes:
    """One kind of query, in milliseconds."""

    kind: str
    p50_ms: float
    p95_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True)
class CustomerTimes:
    """What was measured.

    Attributes:
        customers: How many there are.
        import_seconds: Taking them over from a file.
        prepare_seconds: Making the list of names, at the start of the hub.
        memory_mb: By how much the process grew for that.
        queries: Each kind of query.
        before_ms: The same search by name as it was before: every account opened; median.
        ratio: Of `before_ms` to the median of all queries by name.
    """

    customers: int
    import_seconds: float
    prepare_seconds: float
    memory_mb: float
    queries: tuple[QueryTimes, ...]
    before_ms: float
    ratio: float


def bench_customers(number: int, say: Say) -> CustomerTimes:
    """Measure with so many customers, in a shop that is removed again."""
    rng = random.Random(20261124)  # repeatable, nothing secret
    everybody = list(people(rng, number))
    with TemporaryDirectory(prefix="clienteling-bench-") as folder:
        home = init_home(
            Path(folder) / "shop",
            NewHome(
                store=new_store("Bench", demo=True),
                region=RegionConfig(region="eu", policy="trigger"),
                papers=PapersConfig(dpia_id="DEMO-DPIA"),
            ),
        )
        office = home.office
        import_seconds = _import(office, Path(folder), everybody, say)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        directory = Directory(office)
        directory.prepare()
        prepare_seconds = time.perf_counter() - began
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        queries = tuple(
            _times(office, directory, kind, [make(rng.choice(everybody)) for _ in range(_TURNS)])
            for kind, make in _queries(rng).items()
        )
        by_name = median(one.p50_ms for one in queries if one.kind not in {"e-mail", "phone"})
        slow = median(
            _before(office, rng.choice(everybody).name.split()[-1]) for _ in range(_BASELINE_TURNS)
        )
        home.databases.close()
    return CustomerTimes(
        customers=number,
        import_seconds=import_seconds,
        prepare_seconds=prepare_seconds,
        memory_mb=grown / 1024,
        queries=queries,
        before_ms=slow,
        ratio=slow / by_name,
    )


def people(rng: random.Random, number: int) -> Iterator[Account]:
    """Yield invented customers, each with an address and a number of their own."""
    for n in range(number):
        surname = "".join(rng.choices(_SYLLABLES, k=rng.choice((2, 2, 3)))).capitalize()
        yield Account(
            name=f"{rng.choice(_FIRST)} {rng.choice(_PARTICLES)}{surname}",
            email=f"customer{n}@example.test",
            phone=f"+316{10_000_000 + n}",
        )


def _import(office: Office, folder: Path, people: list[Account], say: Say) -> float:
    path = folder / "customers.csv"
    lines = (f"{one.name},{one.email},{one.phone}\n" for one in people)
    path.write_text("name,email,phone\n" + "".join(lines), encoding="utf-8")
    began = time.perf_counter()
    with counted(len(people), "taken over", say) as tell, InformFile(folder / "inform") as inform:
        import_customers(
            office,
            read_file(office, path),
            basis="contract: bench",
            existing=Existing.SKIP,
            inform=inform,
            tell=tell,
        )
    return time.perf_counter() - began


def _queries(rng: random.Random) -> dict[str, Callable[[Account], str]]:
    def misspelt(word: str, errors: int) -> str:
        for _ in range(errors):
            at = rng.randrange(1, len(word))
            word = word[:at] + word[at + 1 :]
        return word

    return {
        "two letters": lambda one: one.name[:2],
        "surname begun": lambda one: one.name.split()[-1][:4],
        "whole name": lambda one: one.name,
        "one error": lambda one: misspelt(one.name.split()[-1], 1),
        "two errors, two words": lambda one: (
            f"{misspelt(one.name.split()[-1], 2)} {one.name.split()[0]}"
        ),
        "nobody": lambda _: "xqzwvk",
        "e-mail": lambda one: one.email or "",
        "phone": lambda one: one.phone or "",
    }


def _times(office: Office, directory: Directory, kind: str, queries: list[str]) -> QueryTimes:
    taken = []
    for query in queries:
        began = time.perf_counter()
        find(office, query, reader="bench", directory=directory)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return QueryTimes(kind, median(taken), taken[int(len(taken) * 0.95) - 1], taken[-1])


def _before(office: Office, begun: str) -> float:
    """Search as it was done before there was a list: open every account, then compare."""
    began = time.perf_counter()
    typed = words_of(begun)
    for _, content in open_sections(office, Purpose.ACCOUNT):
        words = words_of(_ACCOUNT.validate_json(content).name)
        all(any(word.startswith(begin) for word in words) for begin in typed)
    return (time.perf_counter() - began) * 1000
