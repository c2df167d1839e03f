"""The addresses for machines, and who may call them: tills, buttons, camera boxes."""

from flask import Blueprint

from web.api.greet import blueprint as press_api
from web.api.pairing import blueprint as pairing_api
from web.api.till import blueprint as till_api
from web.api.till_identifying import blueprint as identifying_api
from web.edge.views import blueprint as edge_api
from web.guards import Guard, bearer, public, signed


def machines() -> tuple[tuple[Blueprint, Guard], ...]:
    """Return each blueprint that `/api/v1` and `/edge/v1` are made of, with its guard."""
    return (
        (press_api, bearer("button")),
        (pairing_api, public()),
        (till_api, bearer("till")),
        (identifying_api, bearer("till")),
        (edge_api, signed()),
    )
