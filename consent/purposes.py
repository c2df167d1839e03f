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
    OTHER_SHOPS = "other_shops"
    SAMPLES = "samples"
    TILL = "till"


@dataclass(frozen=True, slots=True)
class PurposeTerms:
    """What a receipt and a notice say about a purpose.

    Attributes:
        code: The P-code of the privacy requirements.
        lawful_basis: GDPR articles.
        pii_type: What is processed.
        special_category: GDPR 9(1) data (biometric, health).
        offered: Whether this version can carry the purpose out. Asking consent for something that
            cannot be done would mislead, so a purpose that is not offered cannot be granted.
    """

    code: str
    lawful_basis: tuple[str, ...]
    pii_type: tuple[str, ...]
    special_category: bool
    offered: bool


_CONSENT = "GDPR 6(1)(a)"
_EXPLICIT = "GDPR 9(2)(a)"

TERMS: dict[Purpose, PurposeTerms] = {
    Purpose.ACCOUNT: PurposeTerms(
        # The basis of the account is for counsel to settle; a contract is the working assumption.
        code="P0",
        lawful_basis=("GDPR 6(1)(b)",),
        pii_type=("name", "contact", "language"),
        special_category=False,
        offered=True,
    ),
    Purpose.RECOGNISE: PurposeTerms(
        code="P1",
        lawful_basis=(_CONSENT, _EXPLICIT),
        pii_type=("face template",),
        special_category=True,
        offered=True,
    ),
    Purpose.PREFERENCES: PurposeTerms(
        code="P2",
        lawful_basis=(_CONSENT,),
        pii_type=("tastes", "important dates"),
        special_category=False,
        offered=True,
    ),
    Purpose.ALLERGIES: PurposeTerms(
        code="P3",
        lawful_basis=(_CONSENT, _EXPLICIT),
        pii_type=("allergies",),
        special_category=True,
        offered=True,
    ),
    Purpose.VISITS: PurposeTerms(
        code="P4",
        lawful_basis=(_CONSENT, _EXPLICIT),
        pii_type=("visits",),
        special_category=True,
        offered=True,
    ),
    Purpose.OTHER_SHOPS: PurposeTerms(
        code="P5",
        lawful_basis=(_CONSENT, _EXPLICIT),
        pii_type=("face template",),
        special_category=True,
        offered=False,
    ),
    Purpose.SAMPLES: PurposeTerms(
        code="P6",
        lawful_basis=(_CONSENT, _EXPLICIT),
        pii_type=("face images",),
        special_category=True,
        offered=False,
    ),
    Purpose.TILL: PurposeTerms(
        code="P7",
        lawful_basis=(_CONSENT, _EXPLICIT),
        pii_type=("face template",),
        special_category=True,
        offered=False,
    ),
}

#: What a person chooses one by one. The account has no tick box: it is part of joining.
CHOICES: tuple[Purpose, ...] = tuple(
    purpose for purpose, terms in TERMS.items() if terms.offered and purpose is not Purpose.ACCOUNT
)

#: What withdrawing without naming a purpose withdraws; the account ends only with erasure.
WITHDRAWABLE: tuple[Purpose, ...] = tuple(p for p in Purpose if p is not Purpose.ACCOUNT)
