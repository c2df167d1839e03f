"""The purposes for which data may be processed, and what the law asks of each.

Names are those of the code, the commands, the API and the database; the P-codes of the privacy
requirements stand in documents and receipts. How long each is kept, the region's profile says
(`consent.keeping`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """One purpose, one consent, one key."""

    ACCOUNT = "account"
    RECOGNISE = "recognise"
    PREFERENCES = "preferences"
    ALLERGIES = "allergies"
    VISITS = "visits"
    PURCHASES = "purchases"
    OTHER_SHOPS = "other_shops"
    SAMPLES = "samples"
    TILL = "till"


class Basis(StrEnum):
    """On what a purpose rests; the region's profile says which law's words that is."""

    CONTRACT = "contract"
    CONSENT = "consent"
    BIOMETRIC = "biometric"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class PurposeTerms:
    """What a receipt and a notice say about a purpose.

    Attributes:
        code: The P-code of the privacy requirements.
        bases: On what it rests; `RegionProfile.bases` has the words.
        pii_type: What is processed.
        special_category: Biometric or health data, which the law protects more (GDPR 9(1)).
        offered: Whether this version can carry the purpose out. Asking consent for something that
            cannot be done would mislead, so a purpose that is not offered cannot be granted.
    """

    code: str
    bases: tuple[Basis, ...]
    pii_type: tuple[str, ...]
    special_category: bool
    offered: bool


TERMS: dict[Purpose, PurposeTerms] = {
    Purpose.ACCOUNT: PurposeTerms(
        # The basis of the account is for counsel to settle; a contract is the working assumption.
        code="P0",
        bases=(Basis.CONTRACT,),
        pii_type=("name", "contact", "language"),
        special_category=False,
        offered=True,
    ),
    Purpose.RECOGNISE: PurposeTerms(
        code="P1",
        bases=(Basis.CONSENT, Basis.BIOMETRIC),
        pii_type=("face template",),
        special_category=True,
        offered=True,
    ),
    Purpose.PREFERENCES: PurposeTerms(
        code="P2",
        bases=(Basis.CONSENT,),
        pii_type=("tastes", "important dates"),
        special_category=False,
        offered=True,
    ),
    Purpose.ALLERGIES: PurposeTerms(
        code="P3",
        bases=(Basis.CONSENT, Basis.HEALTH),
        pii_type=("allergies",),
        special_category=True,
        offered=True,
    ),
    Purpose.VISITS: PurposeTerms(
        code="P4",
        bases=(Basis.CONSENT, Basis.BIOMETRIC),
        pii_type=("visits",),
        special_category=True,
        offered=True,
    ),
    Purpose.PURCHASES: PurposeTerms(
        code="P8",
        bases=(Basis.CONSENT,),
        pii_type=("purchases",),
        special_category=False,
        offered=True,
    ),
    Purpose.OTHER_SHOPS: PurposeTerms(
        code="P5",
        bases=(Basis.CONSENT, Basis.BIOMETRIC),
        pii_type=("face template",),
        special_category=True,
        offered=False,
    ),
    Purpose.SAMPLES: PurposeTerms(
        code="P6",
        bases=(Basis.CONSENT, Basis.BIOMETRIC),
        pii_type=("face images",),
        special_category=True,
        offered=False,
    ),
    Purpose.TILL: PurposeTerms(
        code="P7",
        bases=(Basis.CONSENT, Basis.BIOMETRIC),
        pii_type=("face template",),
        special_category=True,
        offered=True,
    ),
}

#: What a person can choose one by one anywhere; a shop asks for `Office.choices` of these. The
#: account has no tick box: it is part of joining.
CHOICES: tuple[Purpose, ...] = tuple(
    purpose for purpose, terms in TERMS.items() if terms.offered and purpose is not Purpose.ACCOUNT
)

#: What a face is captured for: each has a template of its own, under its own key.
FACES: tuple[Purpose, ...] = (Purpose.RECOGNISE, Purpose.TILL)

#: What withdrawing without naming a purpose withdraws; the account ends only with erasure.
WITHDRAWABLE: tuple[Purpose, ...] = tuple(p for p in Purpose if p is not Purpose.ACCOUNT)
