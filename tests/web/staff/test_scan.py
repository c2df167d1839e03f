"""A picture of a code, read and dropped: nobody is looked up by it alone."""

import cv2
import numpy as np
import pytest
import zxingcpp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.recognition.frames import Image
from consent.log.events import EventKind
from tests.support.arrivals import logged
from tests.support.people import Customer
from tests.support.web import csrf, post_json
from web.context import Hub


def picture(text: str, kind: zxingcpp.BarcodeFormat = zxingcpp.BarcodeFormat.QRCode) -> bytes:
    """A JPEG of 640 × 480 with a code in it."""
    made = zxingcpp.create_barcode(text, kind).to_image(scale=4)
    code = np.asarray(made, np.uint8)
    image: Image = np.full((480, 640, 3), 255, np.uint8)
    height, width = code.shape[:2]
    image[20 : 20 + height, 20 : 20 + width] = code.reshape(height, width, -1)[:, :, :1]
    done, jpeg = cv2.imencode(".jpg", image)
    assert done
    return bytes(jpeg)


def post(client: FlaskClient, body: bytes, kind: str = "image/jpeg") -> TestResponse:
    headers = {"X-CSRFToken": csrf(client), "Accept": "application/json"}
    return client.post("/staff/find/code", data=body, content_type=kind, headers=headers)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://shop.example.test/kiosk/leave#ABCD-EFGH-JKMN-PQRS", "QRCode"),
        ("CARD0012345", "Code128"),
        ("4006381333931", "EAN13"),
    ],
)
def test_a_code_is_read(anna: FlaskClient, hub: Hub, text: str, kind: str) -> None:
    answer = post(anna, picture(text, getattr(zxingcpp.BarcodeFormat, kind)))
    assert answer.json == {"code": text}
    assert logged(hub, EventKind.CUSTOMER_SEARCHED) == ()


def test_a_picture_without_a_code_says_so(anna: FlaskClient) -> None:
    done, jpeg = cv2.imencode(".jpg", np.full((480, 640, 3), 255, np.uint8))
    assert done
    assert post(anna, bytes(jpeg)).json == {"code": None}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "image/jpeg", 400),
        (b"no picture", "image/jpeg", 400),
        (b"x" * 400_001, "image/jpeg", 400),
        (b"{}", "application/json", 415),
        (b"--x", "multipart/form-data; boundary=x", 415),
    ],
)
def test_what_is_no_picture_is_refused(
    anna: FlaskClient, body: bytes, kind: str, status: int
) -> None:
    assert post(anna, body, kind).status_code == status


def test_the_address_on_a_receipt_is_searched_by_its_code(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    scanned = f"https://shop.example.test/kiosk/leave#{robin.code}"
    post_json(anna, "/staff/find", {"query": scanned})
    assert len(logged(hub, EventKind.CUSTOMER_SEARCHED)) == 1
