"""How a shop of a given size is loaded, started again and used; invented, and removed again.

Customers, products and purchases are taken over by the product's own imports, from files as another
system would write them. Then the shop is opened again as a hub does, and asked what staff ask.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from clienteling.catalogue.imports.applying import Format, import_products, read_rows
from clienteling.catalogue.imports.files import read_file as read_products
from clienteling.config import PapersConfig, RegionConfig
from clienteling.evaluation.bench_customers import people
from clienteling.evaluation.large import files
from clienteling.evaluation.large.consents import agree
from clienteling.evaluation.large.memory import forget_peak, peak_mb
from clienteling.evaluation.large.using import Used, use
from clienteling.evaluation.progress import counted
from clienteling.exchange.import_file import read_file
from clienteling.exchange.importing import Existing, import_customers
from clienteling.exchange.importing_purchases import import_purchases
from clienteling.exchange.informing import InformFile
from clienteling.home import NewHome, init_home, new_store, open_home
from consent.office import Office

Say = Callable[[str], None]

_SEED: Final = 20261124  # repeatable, nothing secret


@dataclass(frozen=True, slots=True)
class Loaded:
    """One kind of thing that was loaded.

    Attributes:
        what: Its name, in the plural.
        number: How many.
        seconds: In how long.
        peak_mb: The most memory that the process needed meanwhile.
    """

    what: str
    number: int
    seconds: float
    peak_mb: float

    @property
    def per_second(self) -> float:
        """How many in a second."""
        return self.number / self.seconds


@dataclass(frozen=True, slots=True)
class LargeShop:
    """What was measured.

    Attributes:
        lines: Of purchases, that were kept: all of them.
        loaded: Loading, part by part.
        used: Starting again, and what staff ask.
        databases_mb: What is on the disk, log and keys among it.
    """

    customers: int
    products: int
    lines: int
    loaded: tuple[Loaded, ...]
    used: Used
    databases_mb: float


def bench_large(customers: int, products: int, lines: int, say: Say) -> LargeShop:
    """Measure with a shop of that size."""
    chance = random.Random(_SEED)
    everybody = list(people(chance, customers))
    with TemporaryDirectory(prefix="clienteling-bench-") as name:
        folder = Path(name)
        home = init_home(
            folder / "shop",
            NewHome(
                store=new_store("Bench", demo=True),
                region=RegionConfig(region="eu", policy="trigger"),
                papers=PapersConfig(dpia_id="DEMO-DPIA"),
            ),
        )
        office = home.office
        parts = _Loading(say)
        say("writing the files")
        files.write_customers(folder / "customers.csv", everybody)
        files.write_products(folder / "products.csv", chance, products)
        sales, today = folder / "purchases.csv", office.now().date()
        files.write_purchases(sales, chance, everybody, products, lines, today)
        with parts.timed("customers", customers) as tell:
            _import_customers(office, folder, tell)
        with parts.timed("products", products) as tell:
            rows = read_rows(read_products(folder / "products.csv"), Format.CSV)
            import_products(office, rows, actor="bench", said=tell)
        with parts.timed("consents", customers) as tell:
            agree(office, chance, tell)
        with parts.timed("lines of purchases", lines) as tell:
            kept = import_purchases(
                office, sales, actor="bench", tell=lambda done, _: tell(done)
            ).kept
        home.databases.close()
        used = use(lambda: open_home(folder / "shop"), everybody, chance, say)
        stored = sum(one.stat().st_size for one in (folder / "shop").glob("*.db*"))
    return LargeShop(customers, products, kept, tuple(parts.done), used, stored / 1e6)


class _Loading:
    """Keeps how long each part took."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self.done: list[Loaded] = []

    @contextmanager
    def timed(self, what: str, number: int) -> Iterator[Callable[[int], None]]:
        forget_peak()
        began = time.perf_counter()
        with counted(number, what, self._say) as tell:
            yield tell
        self.done.append(Loaded(what, number, time.perf_counter() - began, peak_mb()))


def _import_customers(office: Office, folder: Path, tell: Callable[[int], None]) -> None:
    with InformFile(folder / "inform") as inform:
        import_customers(
            office,
            read_file(office, folder / "customers.csv"),
            basis="contract: bench",
            existing=Existing.SKIP,
            inform=inform,
            tell=tell,
        )
