"""The whole catalogue in memory, for suggestions and search; it knows when it is old.

Some thousand products are a few megabytes. What is asked of the database on each use is two
numbers; products and stock are read again only when theirs grew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock

from clienteling.catalogue.product import Product, Stock
from clienteling.catalogue.products import all_products
from clienteling.catalogue.search import Index, index_of
from clienteling.catalogue.stock import stock_of
from clienteling.catalogue.versions import versions
from consent.office import Office
from consent.storage import Database


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the shop sold at one moment. Never changed: the shelf replaces it.

    Attributes:
        version: Of the products; it grows with every change of one.
        stock_version: Of the stock; likewise.
        products: Every product by its id, also archived ones, in the order of their names.
        active: Those that are sold.
        stock: What this store has, by the product's id; absent: unknown.
        index: For `search.search`.
    """

    version: int = 0
    stock_version: int = 0
    products: Mapping[str, Product] = field(default_factory=dict)
    active: tuple[Product, ...] = ()
    stock: Mapping[str, Stock] = field(default_factory=dict)
    index: Index = field(default_factory=Index)

    def in_stock(self, product: Product) -> bool | None:
        """Whether this store has it; None: unknown."""
        held = self.stock.get(product.id)
        return None if held is None else held.quantity > 0


class Shelf:
    """Holds the newest catalogue of one store. Threads may share it."""

    def __init__(self, identity: Database, store_id: str) -> None:
        self._identity = identity
        self._store_id = store_id
        self._lock = Lock()
        self._held = Catalogue(version=-1, stock_version=-1)

    def catalogue(self) -> Catalogue:
        """Return the catalogue as it is now.

        Raises:
            StorageError: the database cannot be read.
        """
        with self._lock, self._identity.read() as identity:
            version, stock_version = versions(identity)
            held = self._held
            if (held.version, held.stock_version) == (version, stock_version):
                return held
            stock = held.stock
            if held.stock_version != stock_version:
                stock = stock_of(identity, self._store_id)
            if held.version == version:
                self._held = replace(held, stock=stock, stock_version=stock_version)
            else:
                index = index_of(all_products(identity))
                active = tuple(product for product in index.products.values() if product.active)
                self._held = Catalogue(version, stock_version, index.products, active, stock, index)
            return self._held


def shelf_of(office: Office) -> Shelf:
    """Return a shelf for this shop; keep it as long as it is used."""
    return Shelf(office.databases.identity, office.controller.store_id)
