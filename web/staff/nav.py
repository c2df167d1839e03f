"""Where the tablet's pages are. A new page for staff adds its line here."""

from flask_babel import lazy_gettext

from web.nav import Place, Shown, shown

PLACES = (
    Place("staff.board", lazy_gettext("Arrivals"), "bell", first=True),
    Place("help_bar.overview", lazy_gettext("Requests"), "tool", first=True),
    Place("smile_ask.ask", lazy_gettext("Ask for a smile"), "smile"),
    Place("lists.overview", lazy_gettext("Lists"), "star", first=True),
    Place("asks.asks", lazy_gettext("A customer asks"), "question", first=True),
)


def staff_places() -> tuple[Shown, ...]:
    """Return the places that open for who is signed in on this tablet."""
    return shown(PLACES)
