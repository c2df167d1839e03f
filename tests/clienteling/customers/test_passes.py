"""Templates that only a pass opens: kept, handed out sealed, and forgotten like any other."""

import numpy as np
import pytest
from sqlalchemy import select

from clienteling.customers.edge_gallery import pack_gallery
from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.customers.passes import (
    is_valid_pass,
    sealed_passes,
    without_usable_template,
)
from clienteling.customers.templates import open_gallery
from clienteling.edge_protocol import EdgePolicy, GalleryReply, Policy
from clienteling.home import Home
from consent.errors import SealError
from consent.keystore.holder import new_holder_secret, open_with_holder
from consent.office import erase, withdraw
from consent.purposes import Purpose
from consent.sealing import new_device_keys
from tests.support.people import MODEL_ID, join
from tests.support.web import ShopClock

KEYS = new_device_keys()


def packed(home: Home, policy: Policy) -> GalleryReply:
    return pack_gallery(
        home.office,
        device_id="e",
        open_public=KEYS.open_public,
        policy=EdgePolicy(region="eu", policy=policy, model_id=MODEL_ID, live=True),
        stopped=False,
    )


def test_the_pass_opens_what_was_stored_and_no_other_does(shop: Home) -> None:
    customer = join(shop, holder=(holder := new_holder_secret()))
    (kept,) = sealed_passes(shop.office, MODEL_ID)
    assert kept.alias == customer.alias == holder.alias
    vector = np.zeros(128, np.float32)
    open_with_holder(holder, kept.sealed, kept.binding, vector.data.cast("B"))
    assert np.linalg.norm(vector) == pytest.approx(1)
    with pytest.raises(SealError):
        open_with_holder(new_holder_secret(), kept.sealed, kept.binding, vector.data.cast("B"))


def test_a_gallery_has_passes_or_open_templates_never_both(shop: Home) -> None:
    """Under `pass` no camera gets anything that it could compare with everybody."""
    holding = join(shop, holder=new_holder_secret())
    without = join(shop)
    by_pass, by_press = packed(shop, "pass"), packed(shop, "trigger")
    assert [entry.alias for entry in by_pass.passes] == [holding.alias]
    assert (by_pass.entries, by_pass.older) == ((), ())
    assert [entry.alias for entry in by_press.entries] == [without.alias]
    assert by_press.passes == ()


def test_the_hub_itself_never_opens_one(shop: Home) -> None:
    join(shop, holder=new_holder_secret())
    assert open_gallery(shop.office, MODEL_ID).aliases == ()


@pytest.mark.parametrize("way", ["withdraw", "erase"])
def test_whoever_leaves_is_gone_from_every_table(shop: Home, way: str) -> None:
    customer = join(shop, holder=new_holder_secret())
    if way == "erase":
        erase(shop.office, customer.subject_id, actor="c", method="c")
    else:
        withdraw(shop.office, customer.subject_id, [Purpose.RECOGNISE], actor="c", method="c")
    assert sealed_passes(shop.office, MODEL_ID) == ()
    with shop.databases.identity.read() as identity, shop.databases.templates.read() as templates:
        assert identity.scalars(select(AliasRow)).all() == []
        assert templates.scalars(select(TemplateRow)).all() == []
        assert not is_valid_pass(identity, shop.office, customer.alias)


def test_a_consent_that_lapsed_makes_the_pass_invalid(shop: Home, shop_clock: ShopClock) -> None:
    customer = join(shop, holder=new_holder_secret())
    with shop.databases.identity.read() as identity:
        assert is_valid_pass(identity, shop.office, customer.alias)
    shop_clock.forward(366 * 24 * 3600)
    with shop.databases.identity.read() as identity:
        assert not is_valid_pass(identity, shop.office, customer.alias)
    assert sealed_passes(shop.office, MODEL_ID) == ()


def test_a_template_without_a_pass_is_no_pass(shop: Home) -> None:
    customer = join(shop)
    with shop.databases.identity.read() as identity:
        assert not is_valid_pass(identity, shop.office, customer.alias)
        assert not is_valid_pass(identity, shop.office, "nobody")


def test_whom_no_camera_can_recognise_after_a_change_of_policy_is_counted(shop: Home) -> None:
    """The kind of template that the policy needs counts; enrolling and ended consents do not."""

    def counts() -> tuple[int, int]:
        with shop.databases.identity.read() as identity:
            return (
                without_usable_template(identity, by_pass=True),
                without_usable_template(identity, by_pass=False),
            )

    before = join(shop, name="Before The Change")
    join(shop, name="With A Pass", holder=new_holder_secret())
    join(shop, name="No Face", purposes=frozenset({Purpose.PREFERENCES}))
    assert counts() == (1, 1)
    withdraw(shop.office, before.subject_id, [Purpose.RECOGNISE], actor="x", method="test")
    assert counts() == (0, 1)
