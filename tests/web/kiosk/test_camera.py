"""The camera's part: guidance, three views, and giving up."""

import numpy as np
import pytest

from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from clienteling.service.stop import stop
from consent.purposes import Purpose
from tests.support import webcam
from tests.support.faces import CountingEncoder
from tests.support.kiosk import (
    EVERYTHING,
    NOTHING,
    Walk,
    good_views,
    only_subject,
    standing,
    views,
)

GOOD = webcam.jpeg(webcam.scene())


def _ran(engine: Engine | None) -> int:
    assert engine is not None
    assert isinstance(engine.encoder, CountingEncoder)
    return engine.encoder.ran


@pytest.mark.parametrize(
    ("image", "code"),
    [
        (webcam.scene(), None),
        (webcam.scene(face=0.18), "too_far"),
        (webcam.scene(light=0.2), "too_dark"),
        (webcam.scene(light=3.0), "too_bright"),
        (webcam.scene(blur=5), "blurred"),
        (webcam.two(), "several_faces"),
        (webcam.empty(), "no_face"),
    ],
    ids=["good", "far", "dark", "bright", "blurred", "two", "nobody"],
)
def test_guidance_says_what_to_change(
    customer: Walk, engine: Engine | None, image: Image, code: str | None
) -> None:
    """Guidance only detects: nothing is encoded (R1)."""
    customer.walk(EVERYTHING)
    answer = customer.frame(webcam.jpeg(image))
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["ok"] == (code is None)
    assert answer.json["codes"][:1] == ([] if code is None else [code])
    assert set(answer.json) == {"ok", "codes"}
    assert _ran(engine) == 0


def test_three_views_make_a_template_and_the_receipt_follows(
    shop: Home, customer: Walk, engine: Engine | None
) -> None:
    customer.walk(EVERYTHING)
    answer = customer.capture(good_views())
    assert answer.json == {
        "made": True,
        "look_alike": False,
        "next": f"{customer.at}/receipt",
    }
    assert _ran(engine) == 3
    page = customer.see("receipt").text
    assert "Welcome, you have joined" in page
    assert "No picture was made" not in page
    assert Purpose.RECOGNISE in standing(shop, only_subject(shop))


def test_a_second_membership_of_one_face_is_told_and_not_who_the_first_is(
    shop: Home, customer: Walk
) -> None:
    """Every face is the same to this encoder."""
    customer.walk(EVERYTHING)
    assert customer.capture(good_views()).json["look_alike"] is False  # type: ignore[index]
    assert "joined here before" not in customer.see("receipt").text
    first = only_subject(shop)
    customer.walk(EVERYTHING)
    answer = customer.capture(good_views())
    assert answer.json is not None
    assert (answer.json["made"], answer.json["look_alike"]) == (True, True)
    page = customer.see("receipt").text
    assert "joined here before" in page
    assert first not in page


def test_no_answer_carries_the_template(customer: Walk) -> None:
    """Vectors are treated as photographs (R22)."""
    customer.walk(EVERYTHING)
    assert len(customer.capture(good_views()).data) < 200
    assert "0.6" not in customer.see("receipt").text


def test_views_that_cannot_be_used_may_be_taken_again(shop: Home, customer: Walk) -> None:
    customer.walk(EVERYTHING)
    dark = webcam.jpeg(webcam.scene(light=0.2))
    assert customer.capture(views(dark, dark, dark)).json == {"made": False, "codes": ["too_dark"]}
    assert customer.capture(good_views()).json["made"]  # type: ignore[index]
    assert Purpose.RECOGNISE in standing(shop, only_subject(shop))


def test_one_good_view_of_three_is_enough(customer: Walk) -> None:
    customer.walk(EVERYTHING)
    nobody = webcam.jpeg(webcam.empty())
    assert customer.capture(views(nobody, GOOD, nobody)).json["made"]  # type: ignore[index]


def test_going_on_without_a_face_withdraws_that_purpose_only(shop: Home, customer: Walk) -> None:
    customer.walk(EVERYTHING)
    assert customer.post(f"{customer.at}/without").location.endswith("/receipt")
    assert "No picture was made" in customer.see("receipt").text
    assert standing(shop, only_subject(shop)) == {
        Purpose.ACCOUNT,
        Purpose.PREFERENCES,
        Purpose.ALLERGIES,
        Purpose.VISITS,
        Purpose.PURCHASES,
    }
    assert customer.frame(GOOD).status_code == 410


def test_walking_away_withdraws_that_purpose_only(shop: Home, customer: Walk) -> None:
    customer.walk(EVERYTHING)
    customer.post(f"{customer.at}/end")
    assert Purpose.RECOGNISE not in standing(shop, only_subject(shop))
    assert Purpose.ALLERGIES in standing(shop, only_subject(shop))


def test_more_than_four_frames_a_second_are_refused(
    customer: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer.walk(EVERYTHING)
    times = iter([1.0, 1.1, 1.2, 1.3, 1.4, 2.05])
    monkeypatch.setattr("web.kiosk.camera.monotonic", lambda: next(times))
    answers = [customer.frame(GOOD).status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 200]


def test_no_frame_is_taken_without_a_recorded_consent(
    customer: Walk, engine: Engine | None
) -> None:
    customer.walk(EVERYTHING, until="confirm")
    assert customer.frame(GOOD).status_code == 410
    assert customer.capture(good_views()).status_code == 410
    assert customer.see("camera").location.endswith("/receipt")
    assert _ran(engine) == 0


def test_no_frame_is_taken_of_somebody_who_refused(customer: Walk, engine: Engine | None) -> None:
    customer.walk({**EVERYTHING, Purpose.RECOGNISE: False})
    assert customer.frame(GOOD).status_code == 410
    assert customer.capture(good_views()).status_code == 410
    assert customer.see("camera").location.endswith("/receipt")
    assert _ran(engine) == 0


def test_no_second_template_is_made(customer: Walk, engine: Engine | None) -> None:
    customer.walk(EVERYTHING)
    customer.capture(good_views())
    assert customer.capture(good_views()).status_code == 410
    assert _ran(engine) == 3


def test_a_stop_ends_the_capture(shop: Home, customer: Walk, engine: Engine | None) -> None:
    customer.walk(EVERYTHING)
    stop(shop.office, actor="user:1")
    assert customer.frame(GOOD).status_code == 410
    assert customer.capture(good_views()).status_code == 410
    assert _ran(engine) == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"not a picture", "image/jpeg", 400),
        (b"", "image/jpeg", 400),
        (GOOD, "image/png", 415),
        (GOOD, "multipart/form-data; boundary=x", 415),
        (GOOD + bytes(400_000), "image/jpeg", 400),
        (bytes(600_000), "image/jpeg", 413),
        (webcam.jpeg(np.zeros((900, 1200, 3), np.uint8)), "image/jpeg", 400),
    ],
    ids=["junk", "empty", "png", "multipart", "heavy", "too large", "too wide"],
)
def test_a_frame_that_is_none_is_refused(
    customer: Walk, body: bytes, kind: str, status: int
) -> None:
    customer.walk(EVERYTHING)
    answer = customer.frame(body, kind)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["message"]


def test_a_capture_that_is_none_is_refused_and_can_be_repeated(customer: Walk) -> None:
    customer.walk(EVERYTHING)
    assert customer.capture(GOOD).status_code == 400
    assert customer.capture(views(GOOD, GOOD)).status_code == 400
    assert customer.capture(good_views(), "image/jpeg").status_code == 415
    assert customer.capture(good_views()).status_code == 200


def test_the_camera_is_allowed_on_kiosk_pages_only(customer: Walk) -> None:
    customer.walk(NOTHING)
    assert "camera=(self)" in customer.client.get("/kiosk").headers["Permissions-Policy"]
    assert "camera=()" in customer.client.get("/pair").headers["Permissions-Policy"]
