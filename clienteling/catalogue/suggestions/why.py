"""Finding what speaks for a product, in a form that can be told to the customer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clienteling.catalogue.suggestions.history import last_days
from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.rank import Asked, Ground, Parts
from clienteling.catalogue.suggestions.reasons import (
    BoughtAgain,
    FitsTaste,
    GoesWith,
    InSeason,
    IsNew,
    IsPopular,
    Reason,
)
from clienteling.catalogue.suggestions.tastes import FITS, likeness

#: What adds less than this share of a score is no reason for it.
_TELLING = 0.15
_MOST = 3


@dataclass(frozen=True, slots=True)
class Why:
    """What is asked when reasons are sought."""

    ground: Ground
    model: BuyingModel
    asked: Asked
    parts: Parts

    def reasons(self, at: int, added: Mapping[str, float]) -> tuple[Reason, ...]:
        """Return what speaks for the offer at this place, the strongest first, three at most.

        `added`: what each part of its score adds.
        """
        finders: dict[str, Callable[[int], Reason | None]] = {
            "taste": self._taste,
            "own": self._own,
            "together": self._together,
            "alike": self._alike,
            "newness": self._newness,
            "season": self._season,
            "popular": lambda _at: IsPopular(),
        }
        total = sum(added.values())
        parts = sorted(added, key=lambda part: -added[part])
        telling = [part for part in parts if 0 < added[part] >= _TELLING * total]
        found: dict[object, Reason] = {}
        for reason in (finders[part](at) for part in telling):
            if reason is not None:
                # One bought product is named once, whether it is like this one or goes with it.
                key = reason.product_id if isinstance(reason, GoesWith) else type(reason)
                found.setdefault(key, reason)
        return tuple(found.values())[:_MOST]

    def _taste(self, at: int) -> Reason | None:
        like = max(self.parts.likes, key=lambda each: self.parts.likes[each][at])
        return FitsTaste(like) if self.parts.likes[like][at] >= FITS else None

    def _own(self, at: int) -> Reason:
        product_id = self.parts.offers[at].product.id
        days = {bought.on for bought in self.asked.history if bought.product_id == product_id}
        return BoughtAgain(len(days), max(days))

    def _together(self, at: int) -> Reason | None:
        product_id = self.parts.offers[at].product.id
        other = self.model.because(product_id, self.asked.history, self.asked.today)
        return self._goes_with(other, alike=False)

    def _alike(self, at: int) -> Reason | None:
        offer, places = self.parts.offers[at], self.ground.places
        bought = {each.product_id for each in self.asked.history if each.product_id in places}
        others = sorted(bought - {offer.product.id})
        nearest = max(
            others,
            key=lambda each: likeness(self.ground.tastes, places[each], offer.place),
            default=None,
        )
        return self._goes_with(nearest, alike=True)

    def _newness(self, at: int) -> Reason | None:
        launched = self.parts.offers[at].product.launched
        return None if launched is None else IsNew(launched)

    def _season(self, at: int) -> Reason:
        return InSeason(tuple(sorted(self.parts.offers[at].product.season)))

    def _goes_with(self, product_id: str | None, *, alike: bool) -> Reason | None:
        if product_id is None:
            return None
        return GoesWith(product_id, last_days(self.asked.history)[product_id], alike)
