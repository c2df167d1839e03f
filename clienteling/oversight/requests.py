"""Withdrawing and erasing because a customer asked the officer, with how it was asked."""

from collections.abc import Collection
from enum import StrEnum

from consent import office as acts
from consent.office import Office, Withdrawal
from consent.purposes import Purpose


class Channel(StrEnum):
    """How the customer asked. A choice, not free text: no reason is owed (GDPR 7(3))."""

    SHOP = "shop"
    LETTER = "letter"
    PHONE = "phone"
    EMAIL = "email"

    @property
    def method(self) -> str:
        """The words that records and receipts carry."""
        return _METHODS[self]


_METHODS = {
    Channel.SHOP: "asked in the shop",
    Channel.LETTER: "asked by letter",
    Channel.PHONE: "asked by phone",
    Channel.EMAIL: "asked by e-mail",
}


def withdraw_on_request(
    office: Office,
    subject_id: str,
    purposes: Collection[Purpose],
    channel: Channel,
    *,
    actor: str,
) -> Withdrawal:
    """Withdraw these purposes for a customer who asked.

    Raises:
        SubjectUnknownError: never joined, or erased.
        ConsentMissingError: the account, which only erasing ends.
    """
    return acts.withdraw(office, subject_id, purposes, actor=actor, method=channel.method)


def erase_on_request(
    office: Office, subject_id: str, channel: Channel, *, actor: str
) -> Withdrawal:
    """Erase a customer who asked.

    Raises:
        SubjectUnknownError: never joined, or erased already.
    """
    return acts.erase(office, subject_id, actor=actor, method=channel.method)
