"""Both are marked and the customer is told; nobody learns who the other is."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select

from clienteling.customers import look_alikes
from clienteling.customers.card import build_card
from clienteling.customers.models import AliasRow
from clienteling.customers.overview import overview
from clienteling.customers.templates import open_gallery, store_template
from clienteling.home import Home
from clienteling.recognition import gallery as galleries
from clienteling.recognition.engine import Engine
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.likeness import Likeness, Resemblance
from consent.log.events import EventKind
from consent.purposes import Purpose
from consent.records import Grant
from tests.support.faces import CountingEncoder, calibration
from tests.support.people import Customer, join
from tests.support.shops import logged

GrantOf = Callable[[str, Purpose], Grant]


def like(vector: NDArray[np.float32], score: float) -> NDArray[np.float32]:
    """A vector of length one with this cosine to another."""
    other = np.random.default_rng(9).normal(size=len(vector)).astype(np.float32)
    other -= vector * (other @ vector)
    other /= np.linalg.norm(other)
    return np.asarray(score * vector + np.sqrt(1 - score**2) * other, np.float32)


@pytest.fixture
def engine() -> Engine:
    """Only the encoder's name and the calibration are used: nothing is encoded here."""
    return Engine(
        detector=None,  # type: ignore[arg-type]
        encoder=CountingEncoder(),
        calibration=calibration(),
        liveness=None,
    )


@pytest.fixture
def robin(shop: Home, engine: Engine) -> Customer:
    return join(shop, model_id=engine.encoder.model_id)


def vector_of(shop: Home, engine: Engine, customer: Customer) -> NDArray[np.float32]:
    gallery = open_gallery(shop.office, engine.encoder.model_id)
    assert gallery.turn is not None
    return np.array(gallery.turn.T @ gallery.matrix[gallery.aliases.index(customer.alias)])


@pytest.mark.parametrize(
    ("score", "likeness"),
    [(0.45, Likeness.NONE), (0.55, Likeness.LOOK_ALIKE), (0.8, Likeness.SAME_PERSON)],
)
def test_a_new_template_is_compared_with_the_customers_there_are(
    shop: Home, engine: Engine, robin: Customer, score: float, likeness: Likeness
) -> None:
    vector = like(vector_of(shop, engine, robin), score)
    found = look_alikes.compare(shop.office, engine, "somebody new", vector)
    assert found.likeness is likeness
    assert found.alias in {None, robin.alias}


def test_who_enrols_again_is_not_their_own_look_alike(
    shop: Home, engine: Engine, robin: Customer
) -> None:
    vector = vector_of(shop, engine, robin)
    found = look_alikes.compare(shop.office, engine, robin.subject_id, vector)
    assert found == Resemblance(Likeness.NONE, None)


def test_what_was_opened_is_overwritten(
    shop: Home, engine: Engine, robin: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Gallery] = []
    made = Gallery.__post_init__

    def remember(gallery: Gallery) -> None:
        made(gallery)
        opened.append(gallery)

    monkeypatch.setattr(galleries.Gallery, "__post_init__", remember)
    vector = np.ones(128, np.float32) / np.float32(np.sqrt(128))
    look_alikes.compare(shop.office, engine, "somebody new", vector)
    assert opened
    assert not any(gallery.matrix.any() for gallery in opened)


def test_both_are_marked_and_the_log_names_neither_to_the_other(
    shop: Home, engine: Engine, robin: Customer, grant_of: GrantOf
) -> None:
    other = join(shop, model_id="another-model")
    grant = grant_of(other.subject_id, Purpose.RECOGNISE)
    model_id = engine.encoder.model_id
    vector = like(vector_of(shop, engine, robin), 0.55)
    store_template(shop.office, grant, vector, model_id=model_id, images=3, look_alike=True)
    found = Resemblance(Likeness.LOOK_ALIKE, robin.alias)
    look_alikes.note(shop.office, other.subject_id, found)

    for customer in (robin, other):
        card = build_card(shop.office, customer.subject_id, reader="user:1", confirmed=False)
        assert card.look_alike
        assert overview(shop.office, customer.subject_id, reader="c").look_alike
    [entry] = logged(shop.office, EventKind.LOOK_ALIKE_FOUND)
    assert (entry.about, entry.detail) == (other.subject_id, {"likeness": "look_alike"})


def test_who_told_their_name_needs_no_warning(shop: Home, engine: Engine, robin: Customer) -> None:
    look_alikes.note(shop.office, "somebody new", Resemblance(Likeness.SAME_PERSON, robin.alias))
    shown = [
        build_card(
            shop.office, robin.subject_id, reader="user:1", confirmed=False, asked_by_name=by_name
        ).look_alike
        for by_name in (False, True)
    ]
    assert shown == [True, False]


def test_nothing_is_noted_where_nothing_was_found_and_a_leaver_is_no_error(
    shop: Home, engine: Engine, robin: Customer
) -> None:
    look_alikes.note(shop.office, "somebody new", Resemblance(Likeness.NONE, None))
    assert logged(shop.office, EventKind.LOOK_ALIKE_FOUND) == ()
    look_alikes.note(shop.office, "somebody new", Resemblance(Likeness.LOOK_ALIKE, "gone"))
    with shop.databases.identity.read() as identity:
        assert not any(row.look_alike for row in identity.scalars(select(AliasRow)))
