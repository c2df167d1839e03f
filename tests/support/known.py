"""A customer of whom everything is known that a card can say."""

from datetime import timedelta

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.customers import intents, notes
from clienteling.customers.kept import ToldBy
from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.home import Home
from clienteling.service.helpbar.acts import open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, NewHelp
from consent.purposes import Purpose
from tests.support.people import EVERYTHING, Customer, join


def join_known(shop: Home, name: str = "Robin Test") -> Customer:
    """Let somebody join who is allergic to milk, loves caramel, and came three times."""
    purposes = EVERYTHING | {Purpose.PURCHASES, Purpose.VISITS}
    customer = join(shop, name=name, purposes=purposes, likes=("caramel",), allergies=("milk",))
    office, who = shop.office, customer.subject_id
    goods = [
        Product(
            id=new_id(),
            name="Caramel bar",
            sku="A",
            tastes=("caramel",),
            declaration=Declaration.complete(),
        ),
        Product(
            id=new_id(),
            name="Milk caramel",
            sku="B",
            tastes=("caramel",),
            declaration=Declaration.complete([Allergen.MILK]),
        ),
    ]
    with shop.databases.identity.write() as identity:
        put_products(identity, office.ring, goods, actor="c", now=office.now())
    for number in range(3):
        at = office.now() - timedelta(days=7 * number + 1)
        sale = Sale(number=str(number), at=at, lines=(Line(name="Lemon drops", sku="LEMON"),))
        keep_sale(office, who, sale, actor="c")
    for kind, what in (
        (HelpKind.QUESTION, "Engrave the lid"),
        (HelpKind.COMPLAINT, "The tin was dented"),
    ):
        open_request(
            office, NewHelp(kind=kind, asked=Asked(what=what), subject_id=who), actor="user:1"
        )
    intents.add(office, who, "a birthday cake", actor="user:1", told_by=ToldBy.STAFF)
    notes.add(office, who, "Likes a chat", author="user:1")
    return customer
