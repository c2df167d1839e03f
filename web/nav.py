"""The places of an area, for the bar at the top of its pages: each person sees the ones that open.

An area keeps its list in its own `nav.py`; who may enter is not said there a second time, but asked
of the guard that stands before the place.
"""

from dataclasses import dataclass

from flask import request
from flask_babel.speaklater import LazyString

from web.guards import admits


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the navigation leads to.

    Attributes:
        endpoint: Its Flask endpoint, without arguments.
        title: What it is called, in the reader's language; one or two words.
        icon: The name of its icon in `components.html`.
        first: It stands in the bar too, where there is room, not in the menu only. Five at most.
    """

    endpoint: str
    title: LazyString
    icon: str
    first: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A place as this request shows it."""

    place: Place
    current: bool


def shown(places: tuple[Place, ...]) -> tuple[Shown, ...]:
    """Return the places that open for who asks, and which of them this page belongs to."""
    here = _here(places)
    return tuple(Shown(place, place == here) for place in places if admits(place.endpoint))


def _here(places: tuple[Place, ...]) -> Place | None:
    """Return the place of this page: itself, or the one whose blueprint it is a page of."""
    exact = (place for place in places if place.endpoint == request.endpoint)
    area = (place for place in places if place.endpoint.rpartition(".")[0] == request.blueprint)
    return next(exact, None) or next(area, None)
