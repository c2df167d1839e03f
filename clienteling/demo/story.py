"""Sales, requests and plans from before the demo opened, kept as a shop keeps them."""

from collections.abc import Mapping
from datetime import timedelta

from clienteling.catalogue.product import Product
from clienteling.catalogue.shelf import Shelf, shelf_of
from clienteling.customers import intents, notes, wishes
from clienteling.customers.kept import ToldBy
from clienteling.customers.many_sales import keep_sales
from clienteling.customers.purchases import Line, Sale
from clienteling.demo.script import Person, Story, load_shop
from clienteling.home import Home
from clienteling.service.helpbar.acts import move, open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, HelpStatus, NewHelp
from consent.office import Office

#: As a till numbers them.
_SALE = "DEMO-{person}-{days}"
_PROMISED = timedelta(days=2)


def tell_stories(home: Home, people: Mapping[str, str], *, staff: str) -> None:
    """Give the demo's customers what a shop knows of them after some weeks.

    Args:
        home: The demo shop, with its products.
        people: The accounts of those who were enrolled, by their key.
        staff: Who wrote it down, as the log names them.
    """
    office = home.office
    told = [(one, one.story) for one in load_shop().person if one.story is not None]
    products = by_code(shelf_of(office))
    sales = {
        people[person.key]: [
            _sale(office, products, person, number) for number in range(len(story.sale))
        ]
        for person, story in told
    }
    keep_sales(office, sales, actor=staff)
    for person, story in told:
        _tell(office, people[person.key], story, staff)


def by_code(shelf: Shelf) -> dict[str, Product]:
    """Return the shop's products by their codes."""
    return {one.sku: one for one in shelf.catalogue().active if one.sku is not None}


def _tell(office: Office, subject_id: str, story: Story, staff: str) -> None:
    soon = office.now() + _PROMISED
    asked = NewHelp(HelpKind.ANYTHING, Asked(story.request), subject_id, due_at=soon)
    open_request(office, asked, actor=staff)
    order = NewHelp(HelpKind.PICKUP, Asked(story.ready), subject_id)
    move(office, open_request(office, order, actor=staff), HelpStatus.READY, actor=staff)
    intents.add(office, subject_id, story.intent, actor=staff, told_by=ToldBy.CUSTOMER)
    wishes.add(office, subject_id, story.wish, actor=staff)
    notes.add(office, subject_id, story.note, author=staff)


def _sale(office: Office, products: Mapping[str, Product], person: Person, number: int) -> Sale:
    assert person.story is not None
    sale = person.story.sale[number]
    bought = [products[sku] for sku in sale.skus]
    return Sale(
        number=_SALE.format(person=person.key, days=sale.days_ago),
        at=office.now() - timedelta(days=sale.days_ago),
        lines=tuple(
            Line(name=one.name, price_cents=one.price_cents, product_id=one.id, sku=one.sku)
            for one in bought
        ),
    )
