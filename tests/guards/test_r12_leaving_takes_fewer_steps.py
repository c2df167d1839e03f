"""R12: leaving takes no more steps than joining, no member of staff and no camera."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.home import Home
from clienteling.recognition.engine import Engine
from tests.support.kiosk import (
    NOTHING,
    Walk,
    detecting_engine,
    only_subject,
    standing,
    subjects,
    walk,
)
from tests.support.web import pair


class _Counted(Walk):
    """Counts what the customer sends: one each time a screen is answered."""

    acts = 0

    def post(self, path: str, fields: Mapping[str, object] | None = None) -> TestResponse:
        self.acts += 1
        return super().post(path, fields)


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> _Counted:
    pair(client, "kiosk")
    plain = walk(client)
    return _Counted(plain.client, plain.token)


@pytest.mark.parametrize("wish", ["all", "erase"])
def test_leaving_takes_fewer_steps_than_the_shortest_joining(
    shop: Home, customer: _Counted, wish: str
) -> None:
    customer.walk(NOTHING)
    joining, code = customer.acts, customer.code()
    customer.post(f"{customer.at}/end", {"why": "done"})
    customer.acts = 0
    at = customer.post("/kiosk/leave", {"code": code}).location
    pages = [customer.client.get("/kiosk/leave").text, customer.client.get(at).text]
    if wish == "erase":
        customer.acts += 1  # the screen that asks once more
        pages.append(customer.client.get(f"{at}/erase").text)
    pages.append(customer.client.get(customer.post(at, {"wish": wish}).location).text)
    assert customer.acts < joining
    assert not any("<video" in page or "camera.js" in page for page in pages)
    if wish == "erase":
        assert subjects(shop) == []
    else:
        assert len(standing(shop, only_subject(shop))) == 1


def test_leaving_is_offered_beside_joining(customer: _Counted) -> None:
    start = customer.client.get("/kiosk").text
    together = start[start.index('class="equal"') :]
    assert together.index("Join") < together.index("I want to leave") < together.index("</form>")
