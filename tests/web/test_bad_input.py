"""What bad input gets at the pages: a sentence, the right status, and nothing changed.

The same at the command line: tests/clienteling/cli/test_bad_input.py. A wrong passphrase and a
damaged root key keep a hub from starting, so no page can be asked then.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from clienteling.customers.overview import overview
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from consent import notices
from consent.models import ReceiptRow
from consent.records import history
from tests.support.arrivals import arrive
from tests.support.dumps import unchanged
from tests.support.kiosk import EVERYTHING, Walk, detecting_engine, walk
from tests.support.mortal import failing_everywhere
from tests.support.people import Customer, join
from tests.support.shops import make_home
from tests.support.web import ShopClock, csrf, pair, sign_in
from web.context import Hub


@dataclass(frozen=True)
class Given:
    """An officer, a kiosk whose customer is about to confirm, and a member of staff."""

    shop: Home
    hub: Hub
    clock: ShopClock
    officer: FlaskClient
    kiosk: Walk
    staff: FlaskClient
    customer: Customer
    elsewhere: str
    code_elsewhere: str
    monkeypatch: pytest.MonkeyPatch

    @property
    def file(self) -> str:
        """The customer's page at the officer's."""
        return f"/privacy/customers/{self.customer.subject_id}"


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def given(
    app: Flask,
    hub: Hub,
    shop: Home,
    shop_clock: ShopClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Given:
    other = make_home(tmp_path / "other")
    stranger = join(other)
    with other.databases.identity.read() as identity:
        receipt = json.dumps(identity.scalars(select(ReceiptRow)).first().body)  # type: ignore[union-attr]
    other.databases.close()
    officer, kiosk, staff = (_english(app) for _ in range(3))
    sign_in(officer, "officer")
    pair(kiosk, "kiosk")
    walking = walk(kiosk)
    walking.walk(EVERYTHING, until="confirm")
    pair(staff, "tablet")
    sign_in(staff, "trained")
    return Given(
        *(shop, hub, shop_clock, officer, walking, staff),
        *(join(shop), receipt, stranger.code, monkeypatch),
    )


def _english(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


# What is asked.


def withdraw(given: Given, purpose: str = "allergies", channel: str = "phone") -> TestResponse:
    return _post(given.officer, f"{given.file}/withdraw", purpose=purpose, channel=channel)


def fame(given: Given) -> TestResponse:
    return withdraw(given, "fame")


def confirm(given: Given) -> TestResponse:
    return given.kiosk.post(f"{given.kiosk.at}/confirm", {"answer": "yes"})


def wish_for_fame(given: Given) -> TestResponse:
    """An unknown wish leads back to the choice."""
    at = given.kiosk.post("/kiosk/leave", {"code": given.customer.code}).location
    answer = given.kiosk.post(at, {"wish": "fame"})
    assert answer.location == at
    return given.kiosk.client.get(at)


def check_receipt(given: Given) -> TestResponse:
    return given.officer.post(
        "/verify", data={"csrf_token": csrf(given.officer), "receipt": given.elsewhere}
    )


def leave_with_foreign_code(given: Given) -> TestResponse:
    return given.kiosk.post("/kiosk/leave", {"code": given.code_elsewhere})


def own_page_with_foreign_code(given: Given) -> TestResponse:
    phone = _english(given.officer.application)
    return _post(phone, "/me", code=given.code_elsewhere)


def find_by_foreign_code(given: Given) -> TestResponse:
    return _post(given.officer, "/privacy/customers", by="code", given=given.code_elsewhere)


def read_card(given: Given) -> TestResponse:
    return given.staff.get(f"/staff/arrivals/{arrive(given.hub, given.customer).id}/card")


def _post(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **fields})


# What is wrong.


def well(_given: Given) -> AbstractContextManager[None]:
    return nullcontext()


@contextmanager
def clock_back(given: Given) -> Iterator[None]:
    given.clock.forward(-150)
    yield
    given.clock.forward(150)


@contextmanager
def newer_notice(given: Given) -> Iterator[None]:
    """A new text was published while the customer stood at the kiosk."""
    with given.monkeypatch.context() as patched:
        patched.setattr(notices.Notices, "current_version", "2099-01")
        yield


@contextmanager
def full_disk(_given: Given) -> Iterator[None]:
    with failing_everywhere("database or disk is full", writing=True):
        yield


@contextmanager
def damaged_data_key(given: Given) -> Iterator[None]:
    whole = "SELECT key_id, wrapped FROM data_key"
    with given.shop.databases.keys.write() as keys:
        kept = keys.execute(text(whole)).all()
        keys.execute(text("UPDATE data_key SET wrapped = zeroblob(60)"))
    yield
    with given.shop.databases.keys.write() as keys:
        for key_id, wrapped in kept:
            statement = text("UPDATE data_key SET wrapped = :wrapped WHERE key_id = :key_id")
            keys.execute(statement, {"key_id": key_id, "wrapped": wrapped})


Fault = Callable[[Given], AbstractContextManager[None]]
Ask = Callable[[Given], TestResponse]
#: What is wrong, what is asked, the status, and words of the page.
ROWS: dict[str, tuple[Fault, Ask, int, str]] = {
    "kiosk: an unknown wish": (well, wish_for_fame, 200, "What shall we do?"),
    "kiosk: a clock that went back": (clock_back, confirm, 503, "The clock went back"),
    "officer: a clock that went back": (clock_back, withdraw, 503, "The clock went back"),
    "staff: a damaged key": (damaged_data_key, read_card, 503, "cannot be read"),
    "kiosk: a full disk": (full_disk, confirm, 503, "The disk is full. Make room"),
    "officer: a full disk": (full_disk, withdraw, 503, "The disk is full. Make room"),
    "anybody: a receipt from another shop": (well, check_receipt, 422, "from another shop"),
    "kiosk: another shop's code": (well, leave_with_foreign_code, 404, "do not know this code"),
    "phone: another shop's code": (well, own_page_with_foreign_code, 404, "do not know this code"),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_sentence_a_status_and_no_change(given: Given, row: str) -> None:
    fault, ask, status, says = ROWS[row]
    csrf(given.officer)  # what a first request may write, it has written
    with fault(given), unchanged(given.shop.path):
        answer = ask(given)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_text_that_is_published_meanwhile_asks_anew(given: Given) -> None:
    """Nothing is recorded on texts that were not shown; what was typed stays (R10)."""
    with newer_notice(given), unchanged(given.shop.path):
        answer = confirm(given)
        assert (answer.status_code, answer.location.endswith("/about")) == (303, True)
        assert confirm(given).status_code == 303, "nor by confirming again"


def test_an_unknown_purpose_ends_nothing(given: Given) -> None:
    """The page is shown again, which is a read, and in the log (R45); else nothing changed."""
    with given.shop.databases.identity.read() as identity:
        before = len(history(identity, given.customer.subject_id))
    answer = fame(given)
    assert (answer.status_code, "Tick at least one purpose" in answer.text) == (400, True)
    with given.shop.databases.identity.read() as identity:
        assert len(history(identity, given.customer.subject_id)) == before


def test_a_code_of_another_shop_finds_nobody(given: Given) -> None:
    """The search itself is an act of the officer's, and in the log (R45)."""
    answer = find_by_foreign_code(given)
    assert (answer.status_code, "No receipt has this code" in answer.text) == (404, True)


def test_afterwards_nothing_is_lost(given: Given) -> None:
    """The customer at the kiosk still stands at the last question, and confirms."""
    for fault in (clock_back, full_disk):
        with fault(given):
            assert confirm(given).status_code >= 400
    shown = overview(given.shop.office, given.customer.subject_id, reader="command")
    assert (shown.account is not None, shown.templates) == (True, 1)
    assert withdraw(given).status_code == 303
    assert confirm(given).location.endswith("/receipt")
