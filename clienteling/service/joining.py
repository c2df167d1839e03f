"""Counting who joins at the kiosk, and how long that takes all of them together."""

from collections.abc import Collection
from datetime import datetime

from clienteling.service.figures import Figure, count
from consent.office import Office
from consent.purposes import Purpose


def count_joined(office: Office, granted: Collection[Purpose]) -> None:
    """Count somebody who made an account, if this shop asked whether to recognise them."""
    if Purpose.RECOGNISE not in office.choices:
        return
    with office.databases.identity.write() as identity:
        count(identity, Figure.JOINED, office.now())
        if Purpose.RECOGNISE in granted:
            count(identity, Figure.JOINED_RECOGNISED, office.now())


def count_enrolled(office: Office, began_at: datetime) -> None:
    """Count somebody whose template was made, and add the seconds since the first question."""
    now = office.now()
    seconds = max(0, round((now - began_at).total_seconds()))
    with office.databases.identity.write() as identity:
        count(identity, Figure.ENROLLED, now)
        count(identity, Figure.ENROLMENT_SECONDS, now, by=seconds)
