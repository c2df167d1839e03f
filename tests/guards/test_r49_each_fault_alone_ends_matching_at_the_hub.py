"""R49 at the hub: while one thing is wrong no window opens, no camera gets or keeps a template, and
nobody arrives; once it is right again, all of it works.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from clienteling.edge_protocol import EdgePolicy, GalleryReply
from clienteling.errors import StartError
from clienteling.home import Home, open_home
from clienteling.service import watch
from clienteling.service.cameras import topic
from clienteling.service.models import SignRow
from clienteling.service.stop import resume_recognition, stop
from clienteling.service.windows import Window
from consent.errors import ConsentError
from tests.support.edges import Edge, pair_edge
from tests.support.mortal import failing
from tests.support.people import Customer, join
from tests.support.web import POLICY, ShopClock, attest_sign, eventually
from web.app import create_app
from web.context import EXTENSION, Hub

CAMERA = "door"
ALL = {"window", "templates", "lease", "arrival"}
GONE, FULL = "unable to open database file", "database or disk is full"


@dataclass
class Shop:
    """A hub with one camera that listens, and one customer who asked to be recognised."""

    hub: Hub
    home: Home
    edge: Edge
    customer: Customer
    clock: ShopClock
    version: int

    def works(self) -> set[str]:
        """Everything of recognition that the hub does at this moment."""
        self.clock.forward(1)
        tried = {
            "window": self._presses(),
            "lease": self._pulls(f"/gallery?have={self.version}"),
            "templates": self._pulls("/gallery"),
            "arrival": self._arrives(),
        }
        return {what for what, done in tried.items() if done}

    def _presses(self) -> bool:
        self.hub.windows._windows.clear()  # how often one may press is not the question
        try:
            return isinstance(self.hub.presses.press(CAMERA), Window)
        except ConsentError:
            return False

    def _pulls(self, path: str) -> bool:
        answer = self.edge.get(path)
        if answer.status_code == 200:
            return GalleryReply.model_validate_json(answer.data).entries != ()
        return answer.status_code == 304

    def _arrives(self) -> bool:
        window, _ = self.hub.windows.open(CAMERA)
        seen = self.edge.sighting(window.id, self.customer.alias, self.version)
        self.edge.post("/sightings", {"v": 1, "sightings": [seen]})
        return self.hub.board.clear() != ()


@pytest.fixture
def shop_of(hub: Hub, client: FlaskClient, shop: Home, shop_clock: ShopClock) -> Iterator[Shop]:
    shop_clock.freeze()
    customer, edge = join(shop), pair_edge(client, shop, CAMERA)
    hub.bus.subscribe(topic(CAMERA))
    yield Shop(hub, shop, edge, customer, shop_clock, edge.pull().version)
    hub.watcher.stop()


@contextmanager
def other_hub(shop: Shop, home: Home, policy: EdgePolicy | None = POLICY) -> Iterator[Hub]:
    """Another hub over the same databases takes this one's place for a while."""
    before, client = shop.hub, shop.edge.client
    app = create_app(home, None, policy=policy)
    shop.hub, shop.edge.client = app.extensions[EXTENSION], app.test_client()
    shop.hub.bus.subscribe(topic(CAMERA))
    try:
        yield shop.hub
    finally:
        shop.hub.bus.close()
        shop.hub, shop.edge.client = before, client


@contextmanager
def no_policy(shop: Shop) -> Iterator[None]:
    with other_hub(shop, shop.home, None):
        yield


@contextmanager
def profile_over(shop: Shop) -> Iterator[None]:
    profile = replace(shop.home.office.profile, blocked="Counsel's term is over.")
    home = replace(shop.home, office=replace(shop.home.office, profile=profile))
    with other_hub(shop, home):
        yield


@contextmanager
def bus_dead(shop: Shop) -> Iterator[None]:
    with other_hub(shop, shop.home) as hub:
        hub.bus.close()
        yield


@contextmanager
def no_sign(shop: Shop) -> Iterator[None]:
    with shop.home.databases.identity.write() as identity:
        identity.delete(identity.get_one(SignRow, CAMERA))
    yield
    with shop.home.databases.identity.write() as identity:
        attest_sign(shop.home, identity, CAMERA)


@contextmanager
def stopped(shop: Shop) -> Iterator[None]:
    stop(shop.home.office, actor="user:1")
    yield
    resume_recognition(shop.home.office, actor="user:1")


@contextmanager
def clock_back(shop: Shop) -> Iterator[None]:
    shop.clock.forward(-150)
    yield
    shop.clock.forward(150)


@contextmanager
def identity_gone(shop: Shop) -> Iterator[None]:
    with failing(shop.home.databases.identity, GONE):
        yield


@contextmanager
def disk_full(shop: Shop) -> Iterator[None]:
    with failing(shop.home.databases.identity, FULL, writing=True):
        yield


@contextmanager
def unheard(shop: Shop, fault: AbstractContextManager[object]) -> Iterator[None]:
    """For longer than it may, the watcher has no round that succeeds."""
    if not shop.hub.watcher.running:
        shop.hub.watcher.start()
    with fault:
        assert eventually(lambda: shop.hub.watcher.is_stuck, 30)
        yield


@contextmanager
def keys_gone(shop: Shop) -> Iterator[None]:
    with unheard(shop, failing(shop.home.databases.keys, GONE)):
        yield


@contextmanager
def templates_gone(shop: Shop) -> Iterator[None]:
    with unheard(shop, failing(shop.home.databases.templates, GONE)):
        yield


@contextmanager
def watcher_stuck(shop: Shop) -> Iterator[None]:
    def fails() -> None:
        raise RuntimeError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shop.hub.watcher, "_read_log", fails)
        with unheard(shop, pytest.MonkeyPatch.context()):
            yield


FAULTS: dict[str, Callable[[Shop], AbstractContextManager[None]]] = {
    "no policy was admitted": no_policy,
    "the profile's term is over": profile_over,
    "the sign is not attested": no_sign,
    "the officer stopped recognition": stopped,
    "the clock went back": clock_back,
    "the identity database is away": identity_gone,
    "the key database is away": keys_gone,
    "the template database is away": templates_gone,
    "the disk is full": disk_full,
    "the bus is dead": bus_dead,
    "the watcher is stuck": watcher_stuck,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_enough_and_nothing_is_lost(
    shop_of: Shop, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "STUCK", 2.0)
    assert shop_of.works() == ALL
    with FAULTS[fault](shop_of):
        assert shop_of.works() == set()
    assert eventually(lambda: shop_of.works() == ALL, 60)


def test_a_log_whose_end_was_altered_ends_matching(shop_of: Shop) -> None:
    with shop_of.home.databases.identity.write() as identity:
        identity.execute(text("INSERT INTO log_checkpoint VALUES (1000000, 'forged')"))
    assert shop_of.works() == set()


def test_a_watcher_that_ended_ends_matching(shop_of: Shop) -> None:
    shop_of.hub.watcher.start()
    shop_of.hub.watcher.stop()
    assert shop_of.works() == set()


@pytest.mark.parametrize("table", ["store_key", "service_key"])
def test_a_hub_whose_keys_do_not_open_does_not_start(shop: Home, table: str) -> None:
    """The root key: test_r49_bad_storage."""
    path, now = shop.path, shop.office.now
    with shop.databases.keys.write() as keys:
        keys.execute(text(f"UPDATE {table} SET wrapped = zeroblob(60)"))  # noqa: S608
    shop.databases.close()
    with pytest.raises(StartError, match="does not open: damaged"):
        open_home(path, now=now)
