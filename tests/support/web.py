"""A whole shop with its web application in a temporary folder: fixtures for all of `web`."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from clienteling.access.devices import EDGES, DeviceKind, new_pairing
from clienteling.access.users import RoleName, add_user
from clienteling.config import PapersConfig, RegionConfig
from clienteling.databases_config import DatabasesConfig
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home, NewHome, init_home, new_store, open_home
from clienteling.papers.export import export_article30
from clienteling.recognition.engine import Engine
from clienteling.service.signs import attest
from tests.support.people import MODEL_ID
from tests.support.postgresql import SERVERS, copy_shop, lent
from web.app import create_app
from web.context import EXTENSION, Hub
from web.server import HubServer

PASSWORD = "a long test password"

POLICY = EdgePolicy(region="eu", policy="trigger", model_id=MODEL_ID, live=True)


class ShopClock:
    """The real time, moved on as a test says; `freeze` makes it stand still."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._frozen: datetime | None = None

    def __call__(self) -> datetime:
        return (self._frozen or datetime.now(UTC)) + self._ahead

    def forward(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)

    def freeze(self) -> None:
        self._frozen = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class LiveHub:
    """A hub that serves on a free port, with its watcher."""

    url: str
    hub: Hub
    app: Flask
    home: Home


@pytest.fixture
def shop_clock() -> ShopClock:
    return ShopClock()


def make_demo_shop(folder: Path, databases: DatabasesConfig | None) -> None:
    """Make a demo shop in the EU with the `trigger` policy and DEMO papers."""
    today = date(2026, 1, 1)
    home = init_home(
        folder,
        NewHome(
            store=new_store(
                "Test Sweet Shop", demo=True, address="Teststraat 1", contact="shop@example.test"
            ),
            region=RegionConfig(region="eu", policy="trigger"),
            papers=PapersConfig(dpia_id="DEMO-DPIA", dpo_signed=today),
            databases=databases,
        ),
    )
    export_record(home)
    home.databases.close()


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop, made once and copied."""
    folder = tmp_path_factory.mktemp("template") / "shop"
    make_demo_shop(folder, lent())
    return folder


@pytest.fixture
def shop(tmp_path: Path, shop_folder: Path, shop_clock: ShopClock) -> Iterator[Home]:
    """A shop of the test's own."""
    copy_shop(shop_folder, tmp_path / "shop")
    home = open_home(tmp_path / "shop", now=shop_clock)
    yield home
    home.databases.close()


@pytest.fixture
def served_shop(tmp_path: Path, shop_clock: ShopClock) -> Iterator[Home]:
    """A shop of the test's own on PostgreSQL, whatever the other tests run on."""
    make_demo_shop(tmp_path / "served", SERVERS.lend())
    home = open_home(tmp_path / "served", now=shop_clock)
    yield home
    home.databases.close()


@pytest.fixture
def engine() -> Engine | None:
    """No recognition by default; override it where a page encodes."""
    return None


@pytest.fixture
def app(shop: Home, engine: Engine | None) -> Iterator[Flask]:
    built = create_app(shop, engine, policy=POLICY)
    yield built
    built.extensions[EXTENSION].bus.close()
    built.extensions[EXTENSION].courier.stop()


@pytest.fixture
def hub(app: Flask) -> Hub:
    found: Hub = app.extensions[EXTENSION]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def live(app: Flask, shop: Home) -> Iterator[LiveHub]:
    """The same app behind waitress, with the watcher running."""
    server = HubServer(app, host="127.0.0.1", port=0)
    server.start()
    yield LiveHub(server.url, server.hub, app, shop)
    server.close()


def add_person(home: Home, *roles: str, username: str | None = None) -> str:
    """Add somebody with these roles; returns the user name (PASSWORD is the password)."""
    username = username or "-".join(roles)
    with home.databases.identity.write() as identity:
        add_user(
            identity,
            home.office.ring,
            username=username,
            name=username.title(),
            password=PASSWORD,
            roles=frozenset(RoleName(role) for role in roles),
            actor="command",
            now=home.office.now(),
        )
    return username


def pairing_code(home: Home, kind: str, camera: str | None = None) -> str:
    """Make a pairing code; for a camera, its sign is attested too."""
    with home.databases.identity.write() as identity:
        code = new_pairing(identity, DeviceKind(kind), f"test {kind}", home.office.now(), camera)
        if kind in EDGES and camera is not None:
            attest_sign(home, identity, camera)
        return code


def attest_sign(home: Home, identity: Session, camera: str) -> None:
    """Say that a camera's sign hangs."""
    today = home.office.now().date()
    attest(identity, home.office, camera, role="test manager", on=today, actor="command")


def export_record(home: Home) -> None:
    """Export the record of processing, as a live start asks for it."""
    export_article30(home, language="en", form="md", actor="command")


def csrf(client: FlaskClient, path: str = "/sign-in") -> str:
    """Return a CSRF token of the client's session."""
    page = client.get(path, follow_redirects=True)
    found = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, *roles: str) -> str:
    """Add somebody with these roles and sign them in; returns the user name."""
    username = add_person(_home(client), *roles)
    answer = post_form(client, "/sign-in", username=username, password=PASSWORD)
    assert answer.status_code == 302, answer.text
    return username


def pair(client: FlaskClient, kind: str, camera: str | None = None) -> None:
    """Pair this client's browser as a kiosk, tablet or greeting display."""
    answer = post_form(client, "/pair", code=pairing_code(_home(client), kind, camera))
    assert answer.status_code == 302, answer.text


def post_form(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    """Submit a form with its CSRF token."""
    return client.post(path, data={"csrf_token": csrf(client), **fields})


def post_json(client: FlaskClient, path: str, value: object = None) -> TestResponse:
    """POST JSON as api.js does."""
    headers = {"X-CSRFToken": csrf(client), "Accept": "application/json"}
    return client.post(path, json={} if value is None else value, headers=headers)


def _home(client: FlaskClient) -> Home:
    hub: Hub = client.application.extensions[EXTENSION]
    return hub.home


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait until a condition holds; False when it did not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()
