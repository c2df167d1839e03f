"""The simulated till: products, a basket, the customer, and no money.

What it asks of the hub goes to the same views as a real till's requests (web/api/till.py), mounted
a second time under `/till/desk`, for the cookie of a screen and behind CSRF protection.
"""

from flask import Blueprint, render_template
from flask_babel import format_currency

from clienteling.catalogue.product import Product
from web.context import current_hub
from web.guards import this_device
from web.languages import language

blueprint = Blueprint("till", __name__, url_prefix="/till")

#: No more buttons than a person looks through; the rest of a catalogue is for real tills.
BUTTONS = 120


@blueprint.get("")
def page() -> str:
    """Show the till."""
    hub = current_hub()
    today = hub.office.today()
    currency = hub.home.config.store.currency
    sold = [each for each in hub.shelf.catalogue().active if each.in_season(today)]
    return render_template(
        "till/till.html",
        products=[_button(each, currency) for each in sold[:BUTTONS]],
        currency=currency,
        by_face=hub.identifying.has_camera(this_device()),
    )


def _button(product: Product, currency: str) -> dict[str, object]:
    price = product.price_cents
    return {
        "code": product.gtin or product.sku or product.id,
        "name": product.named(language()),
        "cents": price,
        "price": "" if price is None else format_currency(price / 100, currency),
    }
