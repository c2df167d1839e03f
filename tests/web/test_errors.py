"""Whatever goes wrong is a sentence: a page for people, JSON for scripts, never a stack trace."""

import logging

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from clienteling.errors import StartError
from clienteling.home import Home
from consent.errors import StorageError
from tests.support.web import POLICY
from web import app as module
from web.app import create_app
from web.guards import mount, public

broken = Blueprint("broken", __name__, url_prefix="/broken")


@broken.get("/fault")
def fault() -> str:
    raise ValueError("typed by Robin Secret")


@broken.get("/disk")
def disk() -> str:
    raise StorageError("The disk is full. Make room on it; nothing was half written.")


@broken.get("/database")
def database() -> str:
    raise OperationalError("SELECT secret", {}, Exception("Robin Secret"))


@pytest.fixture
def broken_client(shop: Home, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    mount_all = module._mount_all

    def with_broken(app: Flask) -> None:
        mount_all(app)
        mount(app, broken, public())

    monkeypatch.setattr(module, "_mount_all", with_broken)
    return create_app(shop, None, policy=POLICY).test_client()


@pytest.mark.parametrize("path", ["/broken/fault", "/broken/database"])
def test_a_fault_is_a_page_without_a_trace_and_logs_no_content(
    broken_client: FlaskClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = broken_client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert "nothing was lost" in answer.text
    assert "Robin" not in answer.text + caplog.text
    assert "broken." in caplog.text


def test_a_full_disk_is_said_in_its_own_sentence(broken_client: FlaskClient) -> None:
    answer = broken_client.get("/broken/disk", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["message"].startswith("The disk is full.")


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/sign-out", 405)])
def test_scripts_hear_json_and_people_read_a_page(
    client: FlaskClient, path: str, status: int
) -> None:
    as_json = client.get(path, headers={"Accept": "application/json"})
    assert (as_json.status_code, as_json.is_json) == (status, True)
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == status
    assert "<h1>" in page.text


def test_a_host_that_is_not_ours_is_refused(client: FlaskClient) -> None:
    """A page elsewhere that points its name at this machine gets nothing (DNS rebinding)."""
    assert client.get("/", base_url="http://evil.example").status_code == 400


def test_a_name_that_a_proxy_serves_us_under_is_ours(shop: Home) -> None:
    behind_proxy = create_app(shop, None, hosts=("shop.example",)).test_client()
    assert behind_proxy.get("/", base_url="https://shop.example").status_code == 200


def test_a_route_without_a_guard_stops_the_start(
    shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_mount_all", lambda app: app.register_blueprint(broken))
    with pytest.raises(StartError, match="nobody who may call it"):
        create_app(shop, None)
