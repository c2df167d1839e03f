"""Templates: sealed under an alias, opened for whoever's consent stands, gone with the key."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select

from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.customers.templates import (
    Earlier,
    aliases_of,
    earlier_templates,
    erase_templates,
    open_gallery,
    open_templates,
    store_template,
    subject_of,
    template_rows,
)
from clienteling.home import Home
from consent.errors import KeyUnavailableError, SealError
from consent.keystore.keys import destroy_data_keys
from consent.office import withdraw
from consent.purposes import Purpose
from consent.records import Grant
from tests.support.people import MODEL_ID, join

GrantOf = Callable[[str, Purpose], Grant]


def unit(seed: int) -> NDArray[np.float32]:
    vector = np.random.default_rng(seed).normal(size=128).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


@pytest.fixture
def grant(shop: Home, grant_of: GrantOf) -> Grant:
    """Of a customer who has another model's template only."""
    return grant_of(join(shop, model_id="other-model").subject_id, Purpose.RECOGNISE)


def template_count(shop: Home, subject_id: str) -> int:
    with shop.databases.identity.read() as identity:
        return len(template_rows(identity, subject_id))


def earlier(shop: Home, *also: str) -> Earlier:
    with shop.databases.identity.read() as identity:
        return earlier_templates(identity, MODEL_ID, also)


def stored(shop: Home) -> dict[str, bytes]:
    with shop.databases.templates.read() as templates:
        return {row.alias: row.sealed for row in templates.scalars(select(TemplateRow))}


def test_a_template_is_opened_as_it_was_made_and_lies_sealed(shop: Home, grant: Grant) -> None:
    alias = store_template(shop.office, grant, unit(1), model_id=MODEL_ID, images=2)

    found = open_templates(shop.office, MODEL_ID)
    [opened] = found.templates

    assert (opened.alias, opened.images) == (alias, 2)
    assert found.turn is not None
    assert np.allclose(opened.vector, found.turn(unit(1)), atol=1e-6)
    assert unit(1).tobytes()[:16] not in stored(shop)[alias]
    assert opened.vector.tobytes()[:16] not in stored(shop)[alias]
    assert grant.subject_id not in alias


def test_a_new_template_replaces_the_old_one_of_this_or_an_earlier_model(
    shop: Home, grant: Grant
) -> None:
    assert earlier(shop, "other-model") == Earlier(recognised=1, lost=0)
    assert earlier(shop) == Earlier(recognised=0, lost=1)
    first = store_template(shop.office, grant, unit(1), model_id=MODEL_ID, images=2)
    assert earlier(shop, "other-model") == Earlier(recognised=0, lost=0)
    second = store_template(shop.office, grant, unit(2), model_id=MODEL_ID, images=3)

    assert [template.alias for template in open_templates(shop.office, MODEL_ID).templates] == [
        second
    ]
    assert first not in stored(shop)
    assert subject_of(shop.office, first) is None
    assert template_count(shop, grant.subject_id) == 1
    assert open_templates(shop.office, "other-model").templates == ()


def test_galleries_of_earlier_models_stand_beside_the_shops(shop: Home) -> None:
    new, old = join(shop), join(shop, model_id="earlier")

    gallery = open_gallery(shop.office, MODEL_ID, "earlier", "nobody's")

    assert gallery.aliases == (new.alias,)
    assert [(one.model_id, one.aliases) for one in gallery.older] == [("earlier", (old.alias,))]


def test_a_gallery_holds_everybody_by_alias(shop: Home) -> None:
    people = [join(shop) for _ in range(3)]
    join(shop, purposes=frozenset({Purpose.PREFERENCES}))

    gallery = open_gallery(shop.office, MODEL_ID)

    assert set(gallery.aliases) == {person.alias for person in people}
    assert gallery.matrix.shape == (3, 128)
    assert gallery.enrol_images == 3


def test_an_empty_gallery_is_a_gallery(shop: Home) -> None:
    gallery = open_gallery(shop.office, MODEL_ID)

    assert (len(gallery), gallery.enrol_images) == (0, None)
    assert gallery.search(unit(1)).alias is None


def test_who_withdrew_is_nobody_s_alias(shop: Home) -> None:
    customer = join(shop)
    assert subject_of(shop.office, customer.alias) == customer.subject_id

    withdraw(shop.office, customer.subject_id, [Purpose.RECOGNISE], actor="c", method="c")

    assert subject_of(shop.office, customer.alias) is None
    assert stored(shop) == {}


def test_a_template_whose_key_is_gone_is_left_out(shop: Home) -> None:
    """Forgetting wins: the key goes first, and the row may still be there."""
    gone, stays = join(shop), join(shop)
    with shop.databases.keys.write() as keys:
        destroy_data_keys(keys, gone.subject_id, [Purpose.RECOGNISE])

    assert open_gallery(shop.office, MODEL_ID).aliases == (stays.alias,)


def test_nothing_is_stored_once_the_key_is_gone(shop: Home, grant: Grant) -> None:
    before = stored(shop)
    with shop.databases.keys.write() as keys:
        destroy_data_keys(keys, grant.subject_id, [Purpose.RECOGNISE])

    with pytest.raises(KeyUnavailableError):
        store_template(shop.office, grant, unit(1), model_id=MODEL_ID, images=1)

    assert stored(shop) == before
    assert template_count(shop, grant.subject_id) == 1


def test_a_template_under_another_alias_does_not_open(shop: Home) -> None:
    """R20: whoever swaps two sealed rows gets an error, not the other customer's face."""
    one, other = join(shop), join(shop)
    with shop.databases.templates.write() as templates:
        rows = {row.alias: row for row in templates.scalars(select(TemplateRow))}
        rows[one.alias].sealed, rows[other.alias].sealed = (
            rows[other.alias].sealed,
            rows[one.alias].sealed,
        )

    with pytest.raises(SealError):
        open_templates(shop.office, MODEL_ID)


def test_a_template_of_an_earlier_consent_is_left_out(shop: Home) -> None:
    customer = join(shop)
    with shop.databases.identity.write() as identity:
        identity.get_one(AliasRow, customer.alias).consent_id = "an earlier one"

    assert open_templates(shop.office, MODEL_ID).templates == ()


def test_the_eraser_names_what_edges_must_drop_and_can_be_repeated(shop: Home) -> None:
    customer, other = join(shop), join(shop)
    ended = frozenset({Purpose.RECOGNISE})
    with shop.databases.identity.read() as identity:
        assert aliases_of(identity, customer.subject_id, ended) == (customer.alias,)
        assert aliases_of(identity, customer.subject_id, frozenset({Purpose.VISITS})) == ()

    assert erase_templates(shop.databases, customer.subject_id, frozenset({Purpose.VISITS})) == ()
    assert erase_templates(shop.databases, customer.subject_id, ended) == (customer.alias,)
    assert erase_templates(shop.databases, customer.subject_id, ended) == ()

    assert set(stored(shop)) == {other.alias}
