"""The whole way of a pass: held up to the camera, window, face, arrival; and what goes wrong."""

import time
from pathlib import Path

import pytest

from clienteling.service.windows import Outcome
from consent.holder import new_holder_secret
from tests.support.clips import PHOTOS, code_scene, compose, empty, scene
from tests.support.passes import PassShop, enrol_holder

HERE, STRANGER = PHOTOS / "a3.jpg", PHOTOS / "b1.jpg"


def showing(folder: Path, text: str, face: Path = HERE) -> Path:
    """Nobody; a code is held up; then the face; nobody."""
    name = folder / "visit.avi"
    return compose(name, [empty(2.5), code_scene(1.0, text), scene(2.0, face), empty(0.5)])


def test_whoever_shows_the_pass_and_is_its_holder_arrives(
    pass_shop: PassShop, tmp_path: Path
) -> None:
    robin = enrol_holder(pass_shop.home, pass_shop.engine, "a1", "a2")
    enrol_holder(pass_shop.home, pass_shop.engine, "c1", name="Kim Test")
    pass_shop.look(showing(tmp_path, robin.text))
    pass_shop.wait_for(Outcome.COMING)
    (arrival,) = pass_shop.live.hub.board.live()
    assert arrival.subject_id == robin.customer.subject_id


def test_somebody_else_with_the_pass_is_not_recognised(pass_shop: PassShop, tmp_path: Path) -> None:
    robin = enrol_holder(pass_shop.home, pass_shop.engine, "a1", "a2")
    pass_shop.look(showing(tmp_path, robin.text, STRANGER))
    pass_shop.wait_for(Outcome.UNKNOWN)
    assert pass_shop.live.hub.board.live() == ()


@pytest.mark.parametrize("what", ["foreign", "malformed"])
def test_another_code_opens_nothing_and_the_display_says_so(
    pass_shop: PassShop, tmp_path: Path, what: str
) -> None:
    enrol_holder(pass_shop.home, pass_shop.engine, "a1", "a2")
    text = new_holder_secret().text if what == "foreign" else "https://example.org/menu"
    camera = pass_shop.look(showing(tmp_path, text))
    pass_shop.wait_for(Outcome.UNKNOWN_PASS)
    time.sleep(3.0)  # the face has been before the camera meanwhile
    assert camera.encoder_calls == 0
