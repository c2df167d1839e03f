"""R23: across stores a person's templates are as far apart as strangers'; within one, unchanged.

Fails when templates are kept as the encoder made them.
"""

from pathlib import Path

import numpy as np
import pytest

from clienteling.access.approvals import decide, proposals
from clienteling.access.users import RoleName
from clienteling.customers.templates import open_gallery, store_template
from clienteling.home import Home, open_home
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.people import MODEL_ID, join
from tests.support.shops import Command, make_home

PEOPLE = 40
Vectors = np.typing.NDArray[np.float32]


def faces() -> Vectors:
    vectors = np.random.default_rng(7).normal(size=(PEOPLE, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def stored_in(home: Home, vectors: Vectors) -> Vectors:
    """Enrol each of these people, and return what is kept of them, in the same order."""
    aliases = []
    for vector in vectors:
        customer = join(home)
        with home.databases.identity.read() as identity:
            grant = require_grant(
                identity, customer.subject_id, Purpose.RECOGNISE, home.office.now()
            )
        aliases.append(store_template(home.office, grant, vector, model_id=MODEL_ID, images=3))
    gallery = open_gallery(home.office, MODEL_ID)
    return gallery.matrix[[gallery.aliases.index(alias) for alias in aliases]]


def test_r23_across_stores_at_chance_within_a_store_unchanged(tmp_path: Path) -> None:
    vectors = faces()
    one, other = make_home(tmp_path / "one"), make_home(tmp_path / "other")
    here, there = stored_in(one, vectors), stored_in(other, vectors)

    assert np.allclose(here @ here.T, vectors @ vectors.T, atol=1e-5)
    assert np.allclose(there @ there.T, vectors @ vectors.T, atol=1e-5)

    scores = here @ there.T
    mated, others = np.diagonal(scores), scores[~np.eye(PEOPLE, dtype=bool)]
    # Of 40 random pairs of 128 values the mean cosine has a deviation of 1/sqrt(128 * 40) = 0.014.
    assert abs(mated.mean()) < 0.07
    assert mated.max() < 0.5, "nobody is found again"
    right = int(np.sum(scores.argmax(axis=1) == np.arange(PEOPLE)))
    assert right <= 5, f"chance finds 1 of {PEOPLE}, and this finds {right}"
    assert abs(mated.mean() - others.mean()) < 0.07
    for home in (one, other):
        home.databases.close()


def test_r23_what_is_searched_is_what_the_encoder_made(tmp_path: Path) -> None:
    vectors = faces()[:5]
    home = make_home(tmp_path / "one")
    stored_in(home, vectors)
    gallery = open_gallery(home.office, MODEL_ID)

    assert all(gallery.search(vector).score == pytest.approx(1, abs=1e-5) for vector in vectors)
    home.databases.close()


def test_r23_renewing_is_one_command_and_two_persons(tmp_path: Path, command: Command) -> None:
    vectors = faces()[:3]
    home = make_home(tmp_path / "shop")
    before = stored_in(home, vectors)

    assert command("templates", "renew").code == 3
    with home.databases.identity.read() as identity:
        (waiting,) = proposals(identity, home.office)
    decide(home.office, waiting.id, approve=True, actor="user:9", roles=[RoleName.OFFICER])
    assert command("templates", "renew", "--json").json == {"renewed": 3}

    gallery = open_gallery(open_home(home.path).office, MODEL_ID)
    assert all(gallery.search(vector).score == pytest.approx(1, abs=1e-5) for vector in vectors)
    assert float(np.max(np.abs(np.diagonal(gallery.matrix @ before.T)))) < 0.5
    home.databases.close()
