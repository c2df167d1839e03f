"""Where the tablet's pages are. A new page for staff adds its line here."""

from flask_babel import lazy_gettext

from web.nav import Place, Shown, shown

PLACES = (
    Place("staff.board", lazy_gettext("Arrivals"), "bell", first=True),
    Place("help_bar.overview", lazy_gettext("Requests"), "tool", first=True),
    Place("smile_ask.ask", lazy_gettext("Ask for a smile"), "smile"),
    Place("lists.overview", lazy_gettext("Lists"), "clock"),
    Place("huddle.page", lazy_gettext("Huddle"), "sun", first=True),
    Place("moments.wall", lazy_gettext("Moments"), "star", first=True),
    Place("surprises.overview", lazy_gettext("Surprises"), "gift"),
    Place("compliments.overview", lazy_gettext("Compliments"), "thanks"),
    Place("learning.overview", lazy_gettext("Learning notes"), "book"),
    Place("asks.asks", lazy_gettext("A customer asks"), "question"),
)


def staff_places() -> tuple[Shown, ...]:
    """Return the places that open for who is signed in on this tablet."""
    return shown(PLACES)
