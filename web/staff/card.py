"""What a card says, ready for the template: words and dates in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from flask_babel import format_currency, format_date, format_time

from clienteling.catalogue.allergens import name
from clienteling.customers.card import AllergyPanel
from clienteling.service.greeting import OpenedCard
from clienteling.service.suggesting import Suggested
from web.languages import language
from web.suggestions.words import SuggestionWords, words_of


@dataclass(frozen=True, slots=True)
class AllergyView:
    """The allergy panel: its state ("known", "none_known", …), and what was stated when."""

    state: str
    names: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()
    stated_on: str = ""


@dataclass(frozen=True, slots=True)
class CardView:
    """One card.

    Attributes:
        mark: Changes when the card must be fetched again.
        left: Seconds that the card may stay.
        at: When the customer arrived, in microseconds: the newest stands first.
        camera: Which camera recognised the customer; None: asked for by name.
        aside: A colleague is with the customer: shown small, with the name only.
        look_alike: Another customer looks very much like this one: ask for the name.
        ends_on: When a consent that can be renewed ends; "": none, or a colleague greets.
        greeted: Somebody said that they greeted the customer.
        allergies: None while they are closed.
    """

    id: str
    mark: str
    left: int
    at: int
    time: str
    camera: str | None
    name: str
    initial: str
    likes: tuple[str, ...]
    likes_shared: bool
    claimed_by: str
    mine: bool
    aside: bool
    confirmed: bool
    greeted: bool
    look_alike: bool
    ends_on: str
    allergies: AllergyView | None


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """One suggestion, with its price in the shop's currency; "": no price is known."""

    words: SuggestionWords
    price: str


def suggestions_of(suggested: Suggested, currency: str) -> tuple[SuggestionView, ...]:
    """Return suggestions as the card shows them, best first."""
    return tuple(
        SuggestionView(
            words_of(one, suggested.products), _price(one.offer.product.price_cents, currency)
        )
        for one in suggested.suggestions
    )


def _price(cents: int | None, currency: str) -> str:
    return "" if cents is None else str(format_currency(Decimal(cents) / 100, currency))


def view_of(opened: OpenedCard, now: datetime) -> CardView:
    """Return what the template shows of an opened card; `now` in the shop's zone."""
    arrival, card = opened.arrival, opened.card
    aside = opened.with_colleague
    return CardView(
        id=arrival.id,
        mark=arrival.mark,
        left=arrival.seconds_left(now),
        at=int(arrival.at.timestamp() * 1_000_000),
        time=format_time(arrival.at.astimezone(now.tzinfo), "HH:mm", rebase=False),
        camera=arrival.camera,
        name=card.name,
        initial=card.name[:1].upper(),
        likes=() if aside else card.likes,
        likes_shared=card.likes_shared,
        claimed_by="" if arrival.claimed_by is None else arrival.claimed_by.name,
        mine=opened.mine,
        aside=aside,
        confirmed=arrival.confirmed and opened.mine,
        greeted=arrival.greeted,
        look_alike=card.look_alike,
        ends_on=format_date(card.ends_on, "d MMMM yyyy") if card.ends_on and opened.mine else "",
        allergies=None if card.allergies is None else _allergies(card.allergies),
    )


def _allergies(panel: AllergyPanel) -> AllergyView:
    if panel.stated is None:
        return AllergyView(panel.state.value)
    return AllergyView(
        state=panel.state.value,
        names=tuple(name(code, language()) for code in panel.stated.codes),
        own_words=panel.stated.own_words,
        stated_on=format_date(date.fromisoformat(panel.stated.as_of), "d MMMM yyyy"),
    )
