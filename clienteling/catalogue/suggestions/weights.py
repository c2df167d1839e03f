"""How much each part of a score counts. What a shop's own purchases can tell is tuned on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights of what is learnt from purchases; each part is 1 for its best product.

    Attributes:
        together: What is bought by people who bought the same.
        popular: What is bought of late by everybody.
        own: What this customer bought before; counts only where that may be suggested again.
        alike: What resembles, by its words, what this customer bought.
    """

    together: float
    popular: float
    own: float
    alike: float


@dataclass(frozen=True, slots=True)
class Weights:
    """One mix for products that are new to the customer, one for any product."""

    new: Mix
    again: Mix


#: Until a shop has purchases enough to tell (docs/operators/suggestions.md has the measurements).
USUAL_WEIGHTS = Weights(
    new=Mix(together=1.0, popular=0.2, own=0.0, alike=0.2),
    again=Mix(together=0.5, popular=0.8, own=1.0, alike=0.0),
)

#: What no purchase can tell is set by what the shop promises: tastes first, and what is new.
TASTE = 1.0
NEWNESS = 0.4
SEASON = 0.15
#: Products like one that was chosen already lose this much, times how alike they are.
SAMENESS = 0.5
#: A product counts as new for so many days, less each day.
NEW_FOR_DAYS = 60
