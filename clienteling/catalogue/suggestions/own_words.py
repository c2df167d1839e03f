"""What an allergy in a customer's own words means, in Dutch and English.

Somebody who writes "lactose" or "hazelnoten" means one of the fourteen allergens, and is answered
as if the code had been ticked: by the words that labels use (`imports.allergen_words`), and by
those that people use. What means none of them is looked for word by word in what a product says of
itself (`safe.Sieve`).
"""

from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz

from clienteling.catalogue.allergens import NAMES, Allergen
from clienteling.catalogue.imports.allergen_words import named_in_text
from clienteling.catalogue.search import plain_words

#: Of 100: above it, a word is a mistyped one of the table.
_ALIKE = 85.0
#: Shorter words ("ei", "egg", "soy") must be written as they stand.
_SHORT = 4
#: Words that say nothing of what somebody cannot bear.
_EMPTY = """
aan alle allergic allergie allergisch allergy alles all and any based bevat certain contains de een
en for free from geen geraakt heel het iets in intolerance intolerant intolerantie ik most met mijn
no not of on or other overgevoelig product products producten raw rauw rauwe some sommige soort
soorten sorts strong sterk the to voor van very with zeer zonder
"""

#: What people say of themselves, which stands on no label; and what is often mistyped.
_ALSO: Mapping[Allergen, str] = {
    Allergen.GLUTEN: "coeliakie coeliac celiac brood bread granen cereals",
    Allergen.CRUSTACEANS: "schelpdieren garnalen shrimps",
    Allergen.MILK: "lactose zuivel dairy koemelk",
    Allergen.MOLLUSCS: "schelpdieren mosselen mussels oesters oysters",
    Allergen.NUTS: "hazelnoten hazelnuts walnoten walnuts amandelen almonds cashewnoten pistaches",
    Allergen.PEANUTS: "pindakaas groundnuts",
    Allergen.SESAME: "sesamzaad tahini",
}


def telling(own_words: Iterable[str]) -> frozenset[str]:
    """Return the words by which such a product would be known, plain."""
    return frozenset(word for entry in own_words for word in plain_words(entry) if _tells(word))


def meant(own_words: Iterable[str]) -> frozenset[Allergen]:
    """Return those of the fourteen that these words mean, also mistyped ones."""
    entries = tuple(own_words)
    words = telling(entries)
    return named_in_text(" ".join(words)) | frozenset(
        allergen
        for allergen, known in _KNOWN.items()
        if any(_same(word, other) for word in words for other in known)
    )


def _tells(word: str) -> bool:
    return len(word) > 1 and word not in _SAYS_NOTHING and not word.isdecimal()


def _same(word: str, known: str) -> bool:
    if word == known:
        return True
    if min(len(word), len(known)) <= _SHORT:
        return False
    return word.startswith(known) or fuzz.ratio(word, known) >= _ALIKE


def _words_of(allergen: Allergen) -> frozenset[str]:
    names = " ".join(NAMES[language][allergen] for language in NAMES)
    return frozenset(filter(_tells, plain_words(f"{names} {_ALSO.get(allergen, '')}")))


_SAYS_NOTHING = frozenset(_EMPTY.split())
_KNOWN = {allergen: _words_of(allergen) for allergen in Allergen}
