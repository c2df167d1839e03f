"""The 14 allergens of Regulation (EU) 1169/2011, Annex II: codes, Dutch and English names."""

from enum import StrEnum

LEGAL_SOURCE = "Regulation (EU) No 1169/2011, Annex II"


class Allergen(StrEnum):
    """One code per line of Annex II."""

    GLUTEN = "gluten"
    CRUSTACEANS = "crustaceans"
    EGGS = "eggs"
    FISH = "fish"
    PEANUTS = "peanuts"
    SOYBEANS = "soybeans"
    MILK = "milk"
    NUTS = "nuts"
    CELERY = "celery"
    MUSTARD = "mustard"
    SESAME = "sesame"
    SULPHITES = "sulphites"
    LUPIN = "lupin"
    MOLLUSCS = "molluscs"


NAMES: dict[str, dict[Allergen, str]] = {
    "en": {
        Allergen.GLUTEN: "Gluten (wheat, rye, barley, oats)",
        Allergen.CRUSTACEANS: "Crustaceans",
        Allergen.EGGS: "Eggs",
        Allergen.FISH: "Fish",
        Allergen.PEANUTS: "Peanuts",
        Allergen.SOYBEANS: "Soya",
        Allergen.MILK: "Milk",
        Allergen.NUTS: "Nuts",
        Allergen.CELERY: "Celery",
        Allergen.MUSTARD: "Mustard",
        Allergen.SESAME: "Sesame",
        Allergen.SULPHITES: "Sulphites",
        Allergen.LUPIN: "Lupin",
        Allergen.MOLLUSCS: "Molluscs",
    },
    "nl": {
        Allergen.GLUTEN: "Gluten (tarwe, rogge, gerst, haver)",
        Allergen.CRUSTACEANS: "Schaaldieren",
        Allergen.EGGS: "Eieren",
        Allergen.FISH: "Vis",
        Allergen.PEANUTS: "Pinda's",
        Allergen.SOYBEANS: "Soja",
        Allergen.MILK: "Melk",
        Allergen.NUTS: "Noten",
        Allergen.CELERY: "Selderij",
        Allergen.MUSTARD: "Mosterd",
        Allergen.SESAME: "Sesam",
        Allergen.SULPHITES: "Sulfiet",
        Allergen.LUPIN: "Lupine",
        Allergen.MOLLUSCS: "Weekdieren",
    },
}


def name(allergen: Allergen, language: str) -> str:
    """Return the allergen's name in `language` ("nl" or "en"; others get English)."""
    return NAMES.get(language, NAMES["en"])[allergen]
