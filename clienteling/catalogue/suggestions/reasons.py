"""Why a product is suggested, as data. The words for it are the pages'."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class IsNew:
    """The shop has it since this day."""

    since: date


@dataclass(frozen=True, slots=True)
class FitsTaste:
    """It fits what the customer likes, in the customer's own words."""

    like: str


@dataclass(frozen=True, slots=True)
class GoesWith:
    """Who bought that product (the customer did, on this day) buys this one too, or it is like it.

    Attributes:
        alike: By what the products say of themselves; else by what customers buy together.
    """

    product_id: str
    on: date
    alike: bool


@dataclass(frozen=True, slots=True)
class BoughtAgain:
    """The customer bought it on so many days, the last time on this one."""

    times: int
    on: date


@dataclass(frozen=True, slots=True)
class InSeason:
    """It is sold in these months only."""

    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IsPopular:
    """It is bought a lot of late."""


Reason = IsNew | FitsTaste | GoesWith | BoughtAgain | InSeason | IsPopular
