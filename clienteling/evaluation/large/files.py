"""The files of an invented shop, as its earlier system and its till would have written them."""

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from clienteling.catalogue.allergens import Allergen
from clienteling.customers.profile import Account

#: What customers like and products taste of.
WORDS: Final = (
    *("almond", "apple", "banana", "berry", "biscuit", "butter", "caramel", "cherry", "chocolate"),
    *("cinnamon", "coconut", "coffee", "cream", "fudge", "ginger", "hazelnut", "honey", "jam"),
    *("lemon", "liquorice", "mango", "maple", "mint", "nougat", "orange", "peach", "pear", "pecan"),
    *("plum", "praline", "raspberry", "sesame", "strawberry", "toffee", "truffle", "vanilla"),
)
#: The share of products whose allergens are all declared; of a third of the rest some are.
_DECLARED: Final = 0.8
_PARTLY: Final = 0.07
#: What a customer takes again and again: so many products, so often.
_FAVOURITES: Final = 8
_FAVOURITE: Final = 0.5
_MOST_LINES: Final = 7
_DAYS: Final = 365


def write_customers(path: Path, people: Sequence[Account]) -> None:
    """Write the file for `import customers`."""
    _write(path, ("name", "email", "phone"), ((one.name, one.email, one.phone) for one in people))


def write_products(path: Path, chance: random.Random, number: int) -> None:
    """Write the file for `import products`; the codes are P1, P2 and so on."""
    columns = ("sku", "name", "category", "price", "tastes", "contains", "free_from", "stock")
    _write(path, columns, (_product(chance, n) for n in range(1, number + 1)))


def _product(chance: random.Random, number: int) -> tuple[object, ...]:
    tastes = chance.sample(WORDS, 3)
    contains = ", ".join(chance.sample(list(Allergen), chance.randint(0, 3)))
    known = chance.random()
    return (
        f"P{number}",
        f"{' '.join(tastes).capitalize()} {number}",
        f"{tastes[0]} > {tastes[1]}",
        f"{chance.randint(100, 2000) / 100:.2f}",
        ", ".join(tastes),
        contains if known < _DECLARED + _PARTLY else "",
        "rest" if known < _DECLARED else "",
        chance.randint(0, 50),
    )


def write_purchases(
    path: Path,
    chance: random.Random,
    people: Sequence[Account],
    products: int,
    lines: int,
    last: date,
) -> None:
    """Write the file for `import purchases`: a year until `last`, in the order of the till."""
    columns = ("sale", "at", "email", "sku", "quantity", "price")
    _write(path, columns, _purchases(chance, people, products, lines, last))


def _purchases(
    chance: random.Random, people: Sequence[Account], products: int, lines: int, last: date
) -> Iterator[tuple[object, ...]]:
    written = sale = 0
    while written < lines:
        sale += 1
        who = min(int(len(people) * chance.random() ** 1.5), len(people) - 1)
        day = last - timedelta(days=_DAYS - int(_DAYS * written / lines))
        at = f"{day} {chance.randint(9, 17):02}:{chance.randint(0, 59):02}"
        for _ in range(min(chance.randint(1, _MOST_LINES), lines - written)):
            product = _bought(chance, who, products)
            price = f"{100 + product % 1900}"
            cents = f"{price[:-2]}.{price[-2:]}"
            yield (
                f"R{sale}", at, people[who].email, f"P{product}", chance.randint(1, 3), cents
            )  # fmt: skip
            written += 1


def _bought(chance: random.Random, who: int, products: int) -> int:
    """Return what a customer buys: one of their favourites, or what sells well."""
    if chance.random() < _FAVOURITE:
        return 1 + (who * 7919 + chance.randrange(_FAVOURITES)) % products
    return 1 + int(chance.paretovariate(0.6)) % products


def _write(path: Path, columns: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
