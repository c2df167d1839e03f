"""R4: a hundred strangers leave a number each, and nothing else."""

from flask.testing import FlaskClient
from sqlalchemy import func, select

from clienteling.db import METADATA
from clienteling.home import Home
from clienteling.service.figures import Figure, figures
from consent.models import LogEntryRow
from tests.support.edges import pair_edge
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
