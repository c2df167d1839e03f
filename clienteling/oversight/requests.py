"""Withdrawing and erasing because a customer asked the officer, with how it was asked."""

from collections.abc import Collection

from consent import office as acts
from consent.office import Office, Withdrawal
from consent.purposes import Purpose
from consent.rights.requests import Channel

#: How a customer reaches the officer; the kiosk answers for itself.
CHANNELS = (Channel.SHOP, Channel.LETTER, Channel.PHONE, Channel.EMAIL)


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
