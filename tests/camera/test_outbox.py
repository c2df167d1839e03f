from datetime import UTC, datetime

from camera.outbox import Outbox
from clienteling.edge_protocol import Sighting, WindowClosed


def sighting(number: int, alias: str = "a") -> Sighting:
    return Sighting(
        window_id=f"w{number}",
        alias=alias,
        gallery_version=1,
        camera="entrance",
        score=0.7,
        frames=3,
        captured_at=datetime(2026, 11, 22, tzinfo=UTC),
        sequence=number,
        nonce=number.to_bytes(16, "big"),
    )


def test_what_waits_is_posted_in_order_and_stays_until_done() -> None:
    box = Outbox()
    closed = WindowClosed(window_id="w1", decision="match", frames=3)
    box.add(sighting(1), closed, sighting(2), now=0.0)
    batch = box.batch(1.0)
    assert batch is not None
    assert [item.sequence for item in batch.sightings] == [1, 2]
    assert batch.closed == (closed,)
    assert box.batch(1.0) == batch
    box.done(batch)
    assert box.batch(1.0) is None


def test_what_came_meanwhile_is_not_forgotten_with_the_batch() -> None:
    box = Outbox()
    box.add(sighting(1), now=0.0)
    batch = box.batch(0.0)
    assert batch is not None
    box.add(sighting(2), now=0.0)
    box.done(batch)
    rest = box.batch(0.0)
    assert rest is not None
    assert [item.sequence for item in rest.sightings] == [2]


def test_nothing_older_than_half_a_minute_is_told() -> None:
    box = Outbox()
    box.add(sighting(1), now=0.0)
    box.add(sighting(2), now=20.0)
    batch = box.batch(31.0)
    assert batch is not None
    assert [item.sequence for item in batch.sightings] == [2]


def test_a_revoked_alias_is_not_told() -> None:
    box = Outbox()
    box.add(sighting(1, "gone"), sighting(2, "stays"), now=0.0)
    box.forget(["gone"])
    batch = box.batch(0.0)
    assert batch is not None
    assert [item.alias for item in batch.sightings] == ["stays"]


def test_the_box_is_bounded_and_keeps_the_newest() -> None:
    box = Outbox()
    for number in range(250):
        box.add(sighting(number), now=0.0)
    sent = []
    while (batch := box.batch(0.0)) is not None:
        assert len(batch.sightings) <= 50
        sent += [item.sequence for item in batch.sightings]
        box.done(batch)
    assert sent == list(range(150, 250))
