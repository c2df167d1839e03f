"""What the health page says of a camera's source, and what to do."""

from typing import Any, get_args

import pytest
from flask.testing import FlaskClient

from clienteling.edge_protocol import Counters, Health, MatchingState, SourceHealth, SourceState
from clienteling.home import Home
from clienteling.service.models import SignRow
from tests.support.edges import pair_edge
from web.front.words import MATCHING, SOURCE


def report(
    client: FlaskClient, shop: Home, state: MatchingState, source: SourceHealth | None
) -> None:
    edge = pair_edge(client, shop)
    health = Health(
        state=state,
        gallery_version=0,
        policy="trigger",
        encoder_calls=0,
        encoder_calls_without_permit=0,
        counters=Counters(),
        frames=1,
        calibration="public benchmark",
        clock=shop.office.now(),
        source=source,
    )
    assert edge.post("/health", health.model_dump(mode="json")).status_code == 200


def test_every_state_that_a_camera_can_tell_has_its_words() -> None:
    assert set(get_args(SourceState)) <= SOURCE.keys()
    assert set(get_args(MatchingState)) <= MATCHING.keys()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("refused", "Correct them in the configuration"),
        ("unreachable", "Check the address of the stream"),
        ("too_small", "640 × 480 or more"),
        ("wrong_codec", "H.264, H.265 or Motion JPEG"),
        ("black", "Check the lens cap"),
        ("frozen", "has not changed for a minute"),
        ("no_pictures", "Nothing comes from the camera"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    client: FlaskClient, shop: Home, source: SourceState, words: str
) -> None:
    report(client, shop, "matching", SourceHealth(state=source))
    assert words in client.get("/health", headers={"Accept-Language": "en"}).text


def test_a_wrong_clock_is_named_too(client: FlaskClient, shop: Home) -> None:
    report(client, shop, "clock_off", SourceHealth(state="ok"))
    assert "Stel beide in met NTP" in client.get("/health", headers={"Accept-Language": "nl"}).text


def test_rate_and_size_are_shown(client: FlaskClient, shop: Home) -> None:
    source = SourceHealth(state="ok", fps=12.5, width=1280, height=720)
    report(client, shop, "matching", source)
    page = client.get("/health", headers={"Accept-Language": "nl"}).text
    assert "1280×720, 12,5 per seconde" in page
    answer = client.get("/health", headers={"Accept": "application/json"}).json
    assert answer is not None
    [camera] = answer["cameras"]
    assert (camera["source"], camera["fps"]) == ("ok", 12.5)


def test_a_camera_of_an_earlier_version_is_shown_without_a_picture(
    client: FlaskClient, shop: Home
) -> None:
    report(client, shop, "matching", None)
    assert client.get("/health").status_code in {200, 503}


def test_a_camera_without_its_sign_is_named(client: FlaskClient, shop: Home) -> None:
    """R7."""
    report(client, shop, "stopped", None)
    with shop.databases.identity.write() as identity:
        identity.delete(identity.get_one(SignRow, "door"))
    client.set_cookie("language", "en")

    said: Any = client.get("/health", headers={"Accept": "application/json"}).json
    (camera,) = said["cameras"]
    assert camera["state"] == "no_sign"
    assert "nobody attested that its sign hangs" in client.get("/health").text
