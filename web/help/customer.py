"""Whose request it is, from one page to the next: a signed key in a form, never in an address.

It begins with the arrival that this member of staff greets and confirmed, and lives ten minutes.
"""

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from clienteling.service.arrivals import ArrivalGoneError
from web.context import current_hub
from web.guards import this_staff

#: Seconds in which the form must be sent.
WRITING = 600


def key_for(subject_id: str) -> str:
    """Return a key for a request of this customer, good for this member of staff only."""
    until = int(current_hub().now().timestamp()) + WRITING
    return _keys().dumps([subject_id, this_staff().id, until])


def subject_of(key: str) -> str | None:
    """Return whose key it is; None: it is none, somebody else's, or too old."""
    try:
        subject_id, staff, until = _keys().loads(key)
    except BadSignature:
        return None
    if staff != this_staff().id or current_hub().now().timestamp() > until:
        return None
    return str(subject_id)


def subject_of_arrival(arrival_id: str) -> str | None:
    """Return who arrived, if this member of staff greets them and they said that it is them."""
    try:
        arrival = current_hub().board.get(arrival_id)
    except ArrivalGoneError:
        return None
    mine = arrival.claimed_by is not None and arrival.claimed_by.id == this_staff().id
    return arrival.subject_id if mine and arrival.confirmed else None


def _keys() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="staff service request")
