"""What a product's maker declares of each allergen: contained, traces, free from, or not known.

Nothing is ever inferred from silence: an allergen about which nobody said anything is not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from clienteling.catalogue.allergens import Allergen

_ALL = frozenset(Allergen)


class AllergenStatus(StrEnum):
    """What is known of one allergen in one product. The four are never confused."""

    CONTAINED = "contained"
    TRACES = "traces"  # "may contain"
    FREE = "free"  # declared to be without it
    NOT_KNOWN = "not_known"


#: One letter per status, for the log.
_LETTERS = {
    AllergenStatus.CONTAINED: "c",
    AllergenStatus.TRACES: "t",
    AllergenStatus.FREE: "f",
    AllergenStatus.NOT_KNOWN: "-",
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """The allergens of a product, each in at most one of three sets; in none: not known.

    Raises:
        ValueError: an allergen has two statuses.
    """

    contained: frozenset[Allergen] = frozenset()
    traces: frozenset[Allergen] = frozenset()
    free: frozenset[Allergen] = frozenset()

    def __post_init__(self) -> None:
        told = len(self.contained) + len(self.traces) + len(self.free)
        if told != len(self.contained | self.traces | self.free):
            raise ValueError("An allergen is either contained, or a trace, or absent.")

    @classmethod
    def complete(cls, contained: Iterable[Allergen] = (), traces: Iterable[Allergen] = ()) -> Self:
        """Return a declaration of all fourteen: what is not named, the product is free from.

        What is named twice is contained.
        """
        within = frozenset(contained)
        around = frozenset(traces) - within
        return cls(within, around, _ALL - within - around)

    @classmethod
    def of(cls, statuses: Mapping[str, str]) -> Self:
        """Return the declaration that `as_codes` wrote.

        Raises:
            ValueError: a code or a status that there is not.
        """
        known = {Allergen(code): AllergenStatus(status) for code, status in statuses.items()}

        def those(status: AllergenStatus) -> frozenset[Allergen]:
            return frozenset(allergen for allergen, told in known.items() if told is status)

        return cls(*map(those, _STATED))

    @property
    def not_known(self) -> frozenset[Allergen]:
        """The allergens about which nothing was said."""
        return _ALL - self.contained - self.traces - self.free

    @property
    def is_complete(self) -> bool:
        """Whether something is known of every allergen."""
        return not self.not_known

    def status(self, allergen: Allergen) -> AllergenStatus:
        """Return what is known of one allergen."""
        for status, told in zip(_STATED, (self.contained, self.traces, self.free), strict=True):
            if allergen in told:
                return status
        return AllergenStatus.NOT_KNOWN

    def unless(self, doubted: Iterable[Allergen]) -> Self:
        """Return it with these not known any more, unless they are contained or traces."""
        return type(self)(self.contained, self.traces, self.free - frozenset(doubted))

    def as_codes(self) -> dict[str, str]:
        """Return each allergen of which something is known, with its status."""
        return {
            allergen.value: self.status(allergen).value
            for allergen in Allergen
            if allergen not in self.not_known
        }

    def as_letters(self) -> str:
        """Return one letter per allergen, in the order of Annex II: c, t, f, or - (not known)."""
        return "".join(_LETTERS[self.status(allergen)] for allergen in Allergen)


_STATED = (AllergenStatus.CONTAINED, AllergenStatus.TRACES, AllergenStatus.FREE)

#: Nobody said anything.
NOTHING_DECLARED = Declaration()
