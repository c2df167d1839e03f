"""How a customer is reached and looked up exactly: e-mail address, phone number, loyalty card.

Each is kept sealed in the account; beside it lies only a keyed hash (HMAC), under which it is
looked up. Without the key nobody can tell which address, number or card a hash stands for.
"""

import hashlib
import hmac
import re
from enum import StrEnum
from typing import Final

import phonenumbers

from clienteling.errors import UsageError
from consent.office import Office

#: What a card number is once it is `card_number`, which also asks for a digit: no word is one.
CARD = r"^[0-9A-Z]{4,32}$"
#: ITU-T E.164: a plus, the country's code, at most 15 digits.
PHONE = r"^\+[1-9][0-9]{6,14}$"
_BETWEEN = re.compile(r"[\s.-]+")


class ContactKind(StrEnum):
    """What finds exactly one customer."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"


#: In words, for sentences.
CONTACTS: Final = {
    ContactKind.EMAIL: "e-mail address",
    ContactKind.PHONE: "phone number",
    ContactKind.CARD: "card number",
}


def phone_number(office: Office, typed: str) -> str:
    """Return a phone number as it is kept (E.164); without a country's code it is the shop's.

    Raises:
        UsageError: it is no phone number.
    """
    try:
        number = phonenumbers.parse(typed, office.controller.country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.extension or not phonenumbers.is_possible_number(number):
        raise UsageError(
            "The phone number is not complete. Write it as it is dialled here, or with + and the "
            "country's code."
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def card_number(typed: str) -> str:
    """Return a card number as it is kept: capitals and digits, without spaces and hyphens.

    Raises:
        UsageError: it is no card number.
    """
    number = _BETWEEN.sub("", typed).upper()
    if not re.fullmatch(CARD, number) or not re.search("[0-9]", number):
        raise UsageError(
            "The card number is not right. It has 4 to 32 letters and digits, and at least one "
            "digit."
        )
    return number


def contact_digest(office: Office, kind: ContactKind, value: str) -> str:
    """Return the keyed hash under which a contact is looked up; `value` as it is kept.

    The kind stands before what is hashed, but for e-mail, which was there first: it alone has
    an @, so that no two kinds ever meet.
    """
    is_email = kind is ContactKind.EMAIL
    said = value.strip().casefold() if is_email else f"{kind.value}:{value}"
    return hmac.new(office.ring.lookup, said.encode(), hashlib.sha256).hexdigest()
