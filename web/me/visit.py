"""A customer's visit to their own page: opened by the receipt code, bound to one browser's cookie.

The cookie is a random number that stands nowhere else: in no address, and here only as its hash.
Without it the number of a visit, which stands in addresses, opens nothing.
"""

import hashlib
import secrets

from flask import Response, request
from werkzeug.exceptions import Unauthorized

from clienteling.oversight.actors import CUSTOMER
from consent.rights.requests import Channel
from web.guards import Guard
from web.kiosk.context import sessions
from web.kiosk.place import Place, set_place

COOKIE = "own_page"
PATH = "/me"


class CodeNeededError(Unauthorized):
    """This browser has no visit that is open: never had, closed it, or left it alone too long."""


def own_visit() -> Guard:
    """Somebody whose receipt code was right, in the browser that sent it, not too long ago."""

    def admit() -> None:
        place = _place(request.cookies.get(COOKIE, ""))
        visit = sessions().open_of(place.holder)
        if visit is None:
            raise CodeNeededError
        sessions().prolong(visit)  # it ends ten minutes after the last use
        set_place(place)

    return Guard("own visit", admit)


def open_visit(subject_id: str) -> tuple[str, str]:
    """Open a visit for who sent a right code; returns its number and the cookie for the browser."""
    close_visit()
    token = secrets.token_urlsafe(32)
    return sessions().leave(_place(token).holder, subject_id).id, token


def close_visit() -> None:
    """End the visit of this browser, if there is one."""
    visit = sessions().open_of(_place(request.cookies.get(COOKIE, "")).holder)
    if visit is not None:
        sessions().end(visit)


def give_cookie(response: Response, token: str) -> None:
    """Give the browser its cookie: for these pages only, gone when the browser is closed."""
    response.set_cookie(
        COOKIE, token, path=PATH, secure=request.is_secure, httponly=True, samesite="Strict"
    )


def take_cookie(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="Strict")


def _place(token: str) -> Place:
    digest = hashlib.sha256(token.encode()).hexdigest()
    return Place(f"own:{digest}", CUSTOMER, Channel.OWN_PAGE)
