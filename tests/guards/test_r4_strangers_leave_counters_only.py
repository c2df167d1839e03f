"""R4: a hundred strangers leave a number each, and nothing else."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from clienteling.access.models import DeviceRow
from clienteling.db import METADATA
from clienteling.home import Home
from clienteling.service.figures import Figure, figures
from consent.clock import stamp
from consent.models import LogEntryRow
from tests.support.edges import pair_edge
from tests.support.people import join
from tests.support.web import POLICY
from web.context import Hub


def _rows(shop: Home) -> dict[str, int]:
    counted = {}
    for name, metadata in METADATA.items():
        with getattr(shop.databases, name).read() as session:
            for table in metadata.sorted_tables:
                query = select(func.count()).select_from(table)
                counted[f"{name}.{table.name}"] = session.scalar(query) or 0
    return counted


def test_a_hundred_strangers_leave_no_rows(hub: Hub, client: FlaskClient, shop: Home) -> None:
    """Windows that end in "unknown": no row, no log entry, no arrival; only the day's figure."""
    edge = pair_edge(client, shop)
    edge.pull()
    window, _ = hub.windows.open("door")
    edge.close(window.id, "unknown")  # makes the day's row
    before = _rows(shop)
    for _ in range(99):
        window, new = hub.windows.open("door")
        assert new
        edge.close(window.id, "unknown")
    assert _rows(shop) == before
    assert hub.board.live() == ()
    with shop.databases.identity.read() as identity:
        assert figures(identity, shop.office.now().date())[Figure.UNKNOWN] == 100
        kinds = set(identity.scalars(select(LogEntryRow.kind)))
    assert not {kind for kind in kinds if "sighting" in kind or "arrival" in kind}


@pytest.mark.parametrize("policy", ["zone", "ambient"])
def test_where_nobody_presses_a_hundred_strangers_are_one_number(
    hub: Hub, client: FlaskClient, shop: Home, policy: str
) -> None:
    """Without a window the hub hears of strangers in the camera's health only."""
    hub.desk._policy = POLICY.model_copy(update={"policy": policy, "region": "us"})
    edge = pair_edge(client, shop)
    edge.pull()
    before = _rows(shop)
    for strangers in range(10, 101, 10):
        assert edge.post("/health", health(shop, policy, unknown=strangers)).status_code == 200
    assert _rows(shop) == before
    assert hub.board.live() == ()
    with shop.databases.identity.read() as identity:
        [kept] = [row.health for row in identity.scalars(select(DeviceRow)) if row.health]
    assert kept["counters"]["unknown"] == 100


def test_a_customer_is_more_than_a_number(hub: Hub, client: FlaskClient, shop: Home) -> None:
    """So that the tests above can fail: a sighting does leave rows."""
    hub.desk._policy = POLICY.model_copy(update={"policy": "ambient", "region": "us"})
    customer = join(shop)
    edge = pair_edge(client, shop)
    version = edge.pull().version
    before = _rows(shop)
    assert edge.send(edge.sighting(None, customer.alias, version, ground="ambient")) == (1, 0)
    assert _rows(shop) != before


def health(shop: Home, policy: str, **counters: int) -> dict[str, object]:
    """Return what a camera says of itself."""
    return {
        "v": 1,
        "state": "matching",
        "gallery_version": 1,
        "policy": policy,
        "encoder_calls": 5,
        "encoder_calls_without_permit": 0,
        "counters": counters,
        "frames": 100,
        "calibration": "test",
        "clock": stamp(shop.office.now()),
    }
