"""The wish list: a product or own words, told by customer or staff."""

import pytest

from clienteling.customers import wishes
from clienteling.customers.kept import ToldBy
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.purposes import Purpose
from tests.clienteling.customers.conftest import GrantOf
from tests.support.people import join

PRODUCT = "00000000-0000-4000-8000-000000000001"


def test_a_wish_is_kept_changed_and_removed(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop).subject_id
    id_ = wishes.add(shop.office, subject_id, "Hazelnut bar", actor="user:1", product_id=PRODUCT)
    grant = grant_of(subject_id, Purpose.PREFERENCES)
    (wish,) = wishes.read(shop.office, grant)
    assert (wish.content.what, wish.content.product_id) == ("Hazelnut bar", PRODUCT)

    assert wishes.change(
        shop.office, subject_id, id_, "two bars", actor="d", told_by=ToldBy.CUSTOMER
    )
    (wish,) = wishes.read(shop.office, grant)
    assert (wish.content.what, wish.content.told_by) == ("two bars", ToldBy.CUSTOMER)
    assert wish.content.product_id is None
    assert wishes.remove(shop.office, subject_id, id_, actor="user:1")
    assert wishes.read(shop.office, grant) == ()


@pytest.mark.parametrize("what", ["", " ", "x" * 121])
def test_an_empty_or_long_wish_is_refused(shop: Home, what: str) -> None:
    with pytest.raises(UsageError):
        wishes.add(shop.office, join(shop).subject_id, what, actor="user:1")


def test_a_list_is_full_at_some_time(shop: Home) -> None:
    subject_id = join(shop).subject_id
    for number in range(100):
        wishes.add(shop.office, subject_id, f"wish {number}", actor="user:1")
    with pytest.raises(UsageError, match="Remove one first"):
        wishes.add(shop.office, subject_id, "more", actor="user:1")
