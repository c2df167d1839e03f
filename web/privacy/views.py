"""The privacy officer's pages: one module for each, all on one blueprint and behind one guard."""

from web.privacy import (
    access,
    breaches,
    customers,
    log,
    notices,
    overview,
    papers,
    recognition,
    requests,
    restrictions,
    retention,
    rights,
    switch,
    verification,
)
from web.privacy.checks import CHECKS, CheckBoard
from web.privacy.pages import blueprint
from web.privacy.words import init_words

__all__ = [
    "access",
    "blueprint",
    "breaches",
    "customers",
    "log",
    "notices",
    "overview",
    "papers",
    "recognition",
    "requests",
    "restrictions",
    "retention",
    "rights",
    "switch",
    "verification",
]


@blueprint.record_once
def _prepare(state: object) -> None:
    app = state.app  # type: ignore[attr-defined]
    app.extensions[CHECKS] = CheckBoard()
    init_words(app)
