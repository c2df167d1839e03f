"""The manager's page of what is known too little of, with what to do next; nothing is opened."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time, gettext, ngettext

from clienteling.service.dashboard import FEWEST
from clienteling.service.readiness import Count, Lacking, Products, Readiness
from web.charts import number
from web.context import current_hub
from web.limits import limited

blueprint = Blueprint("readiness", __name__, url_prefix="/manage/data")

_ALL = 100  # percent


@dataclass(frozen=True, slots=True)
class Line:
    """A card of the page.

    Attributes:
        large: The number that stands first.
        says: What it counts.
        todo: What to do next; "" where nothing is.
        link, leads: An address, and the words on its button; "" where no page does it.
        command: What to type on the shop's machine; "" where nothing is.
    """

    title: str
    large: str
    says: str
    todo: str = ""
    link: str = ""
    leads: str = ""
    command: str = ""


@blueprint.get("")
@limited("20 per minute", methods=("GET",))
def overview() -> ResponseReturnValue:
    """Count, and say what to do about each."""
    hub = current_hub()
    at, found = hub.readiness.latest()
    return render_template(
        "manage/data.html",
        lines=_lines(found),
        accounts=_told(found.customers),
        at=format_time(hub.office.wall(at), "HH:mm", rebase=False),
        fewest=FEWEST,
    )


def _lines(found: Readiness) -> tuple[Line, ...]:
    return (
        _recognition(found),
        _products(found.products),
        _tastes(found.tastes),
        _allergies(found.allergies),
        _purchases(found.purchases),
    )


def _recognition(found: Readiness) -> Line:
    title = gettext("Does recognising add anything?")
    if found.recognised.number == 0:
        return Line(
            title,
            "0",
            gettext("customers agreed to be recognised."),
            gettext("Customers choose it themselves, at the kiosk."),
        )
    if found.useful is None:
        return Line(
            title,
            _told(found.recognised),
            gettext("customers agreed to be recognised: too few to give a share."),
        )
    says = gettext(
        "of %(number)s customers who agreed to be recognised have more on their card than a name: "
        "tastes, allergies, purchases, a note, an earlier visit or a request.",
        number=_told(found.recognised),
    )
    todo = gettext("The cards below say what is missing.") if round(found.useful) < _ALL else ""
    return Line(title, number(round(found.useful), "%"), says, todo)


def _products(found: Products) -> Line:
    title = gettext("Allergens of products")
    if not found.on_sale:
        return Line(
            title,
            "0",
            gettext("products are on sale."),
            gettext("Add the assortment: from a file, or one by one."),
            url_for("product_imports.overview"),
            gettext("Import products"),
            "clienteling import products",
        )
    says = ngettext(
        "of one product on sale lacks allergens: %(undeclared)s declares none, %(partly)s not "
        "all fourteen.",
        "of %(num)s products on sale lack allergens: %(undeclared)s declare none, %(partly)s not "
        "all fourteen.",
        found.on_sale,
        undeclared=number(found.undeclared),
        partly=number(found.partly),
    )
    lacking = found.undeclared + found.partly
    if not lacking:
        return Line(title, "0", says)
    return Line(
        title,
        number(lacking),
        says,
        gettext("Declare them: until then staff read the label for a customer with allergies."),
        url_for("products.overview", show="todo"),
        gettext("Show these products"),
        "clienteling import products",
    )


def _tastes(found: Lacking) -> Line:
    says = gettext("customers share their tastes and told none, of %(number)s who share them.")
    return _lacking(gettext("Tastes"), found, says, _at_the_kiosk())


def _allergies(found: Lacking) -> Line:
    says = gettext(
        "customers share allergies and told neither one nor that there is none, of %(number)s "
        "who share them. Their card says “not recorded”."
    )
    return _lacking(gettext("Allergies"), found, says, _at_the_kiosk())


def _purchases(found: Lacking) -> Line:
    says = gettext(
        "customers want purchases remembered and have none yet, of %(number)s who want it."
    )
    todo = gettext("Take receipts over from a file, or connect the till.")
    return _lacking(gettext("Purchases"), found, says, todo, "clienteling import purchases")


def _at_the_kiosk() -> str:
    return gettext(
        "Ask at the next visit whether they want to tell. Customers add it themselves, at the "
        "kiosk, with the code on their receipt."
    )


def _lacking(title: str, found: Lacking, says: str, todo: str, command: str = "") -> Line:
    if found.sharing.number == 0:
        return Line(
            title,
            "0",
            gettext("customers share this."),
            gettext("Customers choose it themselves, at the kiosk."),
        )
    says = says % {"number": _told(found.sharing)}
    if found.lacking.number == 0:
        return Line(title, "0", says)
    return Line(title, _told(found.lacking), says, todo, command=command)


def _told(count: Count) -> str:
    if count.number is None:
        return gettext("fewer than %(number)s", number=FEWEST)
    return number(count.number)
