"""Keeping the model of everybody's purchases: built in the background, and forgetting at once.

It is derived data (R38): in this process's memory only. It hears every entry of the log, and
who withdraws `purchases`, is restricted or erased is taken out of it within the second, exactly
(docs/decisions/0241-a-model-that-forgets.md); a new sale is taken in as soon.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from itertools import groupby

from clienteling.catalogue.shelf import Catalogue, Shelf
from clienteling.catalogue.suggestions.history import Bought
from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.rank import Ground
from clienteling.catalogue.suggestions.tuning import tuned
from clienteling.customers.everybody import everybodys
from clienteling.customers.purchases import Sale, opened, sales_of
from clienteling.customers.records import RecordKind
from consent.errors import ConsentError, KeyUnavailableError
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for

_log = logging.getLogger(__name__)

#: Seconds until everything is built anew: trends, weights, products that are new to it, rounding.
REBUILD = 24 * 3600.0
#: With more customers than this waiting to be read again, all are: an import ran.
_MANY = 300

_ENDS = {EventKind.CONSENT_WITHDRAWN, EventKind.CONSENT_EXPIRED}
_ALL_ENDS = {EventKind.ERASURE_OPENED, EventKind.RESTRICTION_SET}
_CHANGES = {EventKind.RECORD_KEPT, EventKind.RECORD_CHANGED, EventKind.RECORD_REMOVED}


class Learner:
    """One per hub. `start` builds and keeps it in a thread; tests call `rebuild` and `catch_up`."""

    def __init__(self, office: Office, shelf: Shelf) -> None:
        """Begin with an empty model: until it is built, tastes and what is new decide."""
        self._office = office
        self._shelf = shelf
        self._model = BuyingModel((), today=office.today())
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self._left: set[str] = set()
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_built = False

    @property
    def model(self) -> BuyingModel:
        """The model as it is now."""
        return self._model

    def start(self) -> None:
        """Build it in a thread, and keep it up to date there."""
        self._thread = threading.Thread(target=self._run, name="learner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; one that is in the middle of a build ends with the process."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=1)

    def heard(self, entry: EntryView) -> None:
        """Act on an entry of the log: forget at once, learn soon."""
        if entry.about is None:
            return
        detail = entry.detail or {}
        if entry.kind in _ALL_ENDS or (
            entry.kind in _ENDS and detail.get("purpose") == Purpose.PURCHASES.value
        ):
            self.forget(entry.about)
        elif entry.kind is EventKind.RESTRICTION_LIFTED or (
            entry.kind in _CHANGES and detail.get("kind") == RecordKind.SALE.value
        ):
            with self._lock:
                self._waiting.add(entry.about)
                self._left.discard(entry.about)
            self._wake.set()

    def forget(self, subject_id: str) -> None:
        """Take a customer out, also of a model that is being built just now."""
        with self._lock:
            self._left.add(subject_id)
            self._waiting.discard(subject_id)
            self._model.forget(subject_id)

    def catch_up(self) -> None:
        """Read again what those bought whose purchases changed."""
        with self._lock:
            waiting, self._waiting = self._waiting, set()
        if len(waiting) > _MANY:
            self.rebuild()
            return
        for subject_id in sorted(waiting):
            self._learn(subject_id)

    def rebuild(self) -> None:
        """Build everything anew, from what is held with a consent that stands.

        Raises:
            StorageError: a database is away. SealError: stored bytes were altered.
        """
        with self._lock:
            self._left, self._waiting = set(), set()
        catalogue = self._shelf.catalogue()
        histories = dict(self._histories(catalogue))
        today = self._office.today()
        weights = tuned(histories, Ground(catalogue.active))
        model = BuyingModel(histories.items(), today=today, weights=weights)
        with self._lock:
            for subject_id in self._left:
                model.forget(subject_id)
            self._model = model
            self.is_built = True

    def _run(self) -> None:
        due = 0.0
        while not self._ending.is_set():
            try:
                if time.monotonic() >= due:
                    self.rebuild()
                    due = time.monotonic() + REBUILD
                self._wake.wait(timeout=60.0)
                self._wake.clear()
                self.catch_up()
            except Exception as error:  # noqa: BLE001 - it must go on: suggestions do without it
                what = str(error) if isinstance(error, ConsentError) else type(error).__name__
                _log.error("what goes together could not be learnt: %s", what)
                self._ending.wait(60.0)

    def _histories(self, catalogue: Catalogue) -> Iterator[tuple[str, tuple[Bought, ...]]]:
        kept = everybodys(self._office, RecordKind.SALE)
        for subject_id, several in groupby(kept, key=lambda record: record.subject_id):
            yield subject_id, history_of(map(opened, several), catalogue)

    def _learn(self, subject_id: str) -> None:
        with self._office.databases.identity.read() as identity:
            grant = grant_for(identity, subject_id, Purpose.PURCHASES, self._office.now())
        if grant is None:
            return  # its end stands in the log too, and was heard or will be
        try:
            history = history_of(sales_of(self._office, grant), self._shelf.catalogue())
        except KeyUnavailableError:
            return
        with self._lock:
            if subject_id not in self._left:
                self._model.learn(subject_id, history)


def history_of(sales: Iterable[Sale], catalogue: Catalogue) -> tuple[Bought, ...]:
    """Return what of these sales is in the catalogue, by its day; brought back is not bought."""
    found: dict[Bought, None] = {}
    for sale in sales:
        day = sale.at.date()
        for line in sale.lines:
            product_id = line.product_id or catalogue.index.codes.get((line.sku or "").casefold())
            product = catalogue.products.get(product_id or "")
            if line.quantity > 0 and product is not None:
                # The catalogue's own id: of a million lines, copies would fill the memory.
                found[Bought(product.id, day)] = None
    return tuple(found)
