"""Whether a confirmed card tells everything, in the order that was decided, and no allergen."""

from collections.abc import Iterator

from clienteling.catalogue import allergens
from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.imports.rows import Row
from clienteling.demo.script import Person

_SUGGESTIONS, _AFTER = "might love", "last time"


def card_problems(person: Person, card: str, products: list[Row]) -> Iterator[str]:
    """Yield what is wrong with the text of a confirmed card, in English.

    Args:
        person: Whose card it is; one without a story has nothing to tell.
        card: Its text, without markup.
        products: The demo's products, as they were imported.
    """
    if person.story is None:
        return
    text, place = card.casefold(), 0
    for part, words in _parts(person, products):
        found = text.find(words.casefold(), place)
        if found < 0:
            yield f"{part} is missing, or stands too late"
        else:
            place = found
    suggested = text.partition(_SUGGESTIONS)[2].partition(_AFTER)[0]
    if "fits “" not in suggested:
        yield "no suggestion says that it fits what the customer likes"
    for row in products:
        declared = row.facts["declaration"]
        wrong = set(person.allergies) & (declared.contained | declared.traces)
        if wrong and str(row.facts["name"]).casefold() in suggested:
            yield f"{row.facts['name']} is suggested in spite of {', '.join(sorted(wrong))}"


def _parts(person: Person, products: list[Row]) -> Iterator[tuple[str, str]]:
    """Yield what must stand on the card, first what must stand first."""
    story = person.story
    assert story is not None
    yield "the request", story.request
    yield "what waits to be picked up", story.ready
    if person.allergies:
        yield "an allergy", allergens.name(Allergen(person.allergies[0]), "en")
    else:
        yield "the word on allergies", "no allergies known"
    yield "what the customer comes for", story.intent
    usual = next(row for row in products if row.facts["sku"] == story.usual)
    yield "the usual", str(usual.facts["name"])
    yield "the likes", person.likes[0]
    yield "the suggestions", _SUGGESTIONS
    yield "the last purchases", _AFTER
    yield "the note", story.note
