"""Where the manager's pages are. A new page for managers adds its line here."""

from flask_babel import lazy_gettext

from web.nav import Place, Shown, shown

PLACES = (
    Place("manage.overview", lazy_gettext("Devices and people"), "people", first=True),
    Place("dashboard.overview", lazy_gettext("Figures"), "star"),
    Place("reasons.overview", lazy_gettext("What to mend"), "tool"),
    Place("readiness.overview", lazy_gettext("What is missing"), "question"),
    Place("smile_manage.overview", lazy_gettext("Smiles"), "smile"),
    Place("cameras.overview", lazy_gettext("Cameras"), "camera", first=True),
    Place("customer_lists.overview", lazy_gettext("Tags and sizes"), "ruler"),
    Place("products.overview", lazy_gettext("Products"), "tag", first=True),
    Place("team.overview", lazy_gettext("Team"), "gift", first=True),
    Place("rounds.overview", lazy_gettext("Huddle"), "sun"),
    Place("duplicates.overview", lazy_gettext("Duplicates"), "person"),
    Place("integrations.overview", lazy_gettext("Integrations"), "link"),
    Place("approvals.overview", lazy_gettext("Two persons"), "check", first=True),
)


def manage_places() -> tuple[Shown, ...]:
    """Return the places that open for this manager or admin."""
    return shown(PLACES)
