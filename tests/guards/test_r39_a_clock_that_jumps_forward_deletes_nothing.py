"""R39: a clock that jumps forward ends no consent and deletes nothing until it is confirmed."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from clienteling.backups.making import make_backup
from clienteling.customers.models import AliasRow, TemplateRow, VisitRow
from clienteling.customers.visits import note_visit
from clienteling.errors import RefusedError, UsageError
from clienteling.home import Home
from clienteling.retention import job
from clienteling.retention.clock import (
    LARGEST_STEP,
    LONGEST_SILENCE,
    ClockDoubtedError,
    StepWatch,
    clock_doubt,
    confirm,
)
from clienteling.retention.models import BelievedClockRow
from consent import records
from consent.clock import stamp
from consent.errors import LedgerError
from consent.log.events import EventKind
from consent.log.verification import verify
from consent.models import ConsentRow, DataKeyRow
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.people import EVERYTHING, join
from tests.support.shops import Command, logged
from tests.support.web import ShopClock, post_form, sign_in
from web.context import Hub

DAY = 86_400.0


def held(shop: Home) -> tuple[int, ...]:
    """What there is of customers: rows in each of the three databases."""
    with shop.databases.identity.read() as identity:
        found = [
            identity.scalar(select(func.count()).select_from(table)) or 0
            for table in (ConsentRow, AliasRow, VisitRow)
        ]
    with shop.databases.templates.read() as templates:
        found.append(templates.scalar(select(func.count()).select_from(TemplateRow)) or 0)
    with shop.databases.keys.read() as keys:
        found.append(keys.scalar(select(func.count()).select_from(DataKeyRow)) or 0)
    return tuple(found)


@pytest.fixture
def subject(shop: Home) -> str:
    """A customer of a shop whose retention job has run."""
    subject_id = join(shop, purposes=EVERYTHING | {Purpose.VISITS}).subject_id
    note_visit(shop.office, subject_id, "door", arrival_id="a")
    job.run(shop.office)
    return subject_id


def test_nothing_goes_however_much_is_logged_meanwhile(
    shop: Home, shop_clock: ShopClock, subject: str
) -> None:
    """Everybody's consent looks lapsed; it opens nothing, but keys and data stay."""
    before = held(shop)
    shop_clock.forward(400 * DAY)
    for _ in range(3):
        with pytest.raises(ClockDoubtedError, match="confirm-clock"):
            job.run(shop.office)
        # The log's newest entry is of the wrong time from here on.
        withdraw(shop.office, join(shop).subject_id, None, actor="command", method="command")
        shop_clock.forward(DAY)
    assert [a >= b for a, b in zip(held(shop), before, strict=True)] == [True] * 5
    with shop.databases.identity.read() as identity:
        assert set(records.standing(identity, subject, shop.office.now())) == {Purpose.ACCOUNT}
    with shop.databases.keys.read() as keys:
        assert keys.get(DataKeyRow, (subject, Purpose.ALLERGIES.value)) is not None


def test_a_month_without_a_run_is_believed_and_a_day_more_is_not(
    shop: Home, shop_clock: ShopClock, subject: str
) -> None:
    shop_clock.freeze()
    job.run(shop.office)
    shop_clock.forward(LONGEST_SILENCE.total_seconds())
    job.run(shop.office)
    shop_clock.forward(LONGEST_SILENCE.total_seconds() + 1)
    with pytest.raises(ClockDoubtedError):
        job.run(shop.office)


def test_a_shop_that_was_closed_for_long_goes_on_in_one_step(
    shop: Home, shop_clock: ShopClock, subject: str
) -> None:
    shop_clock.forward(366 * DAY)
    doubted = confirm(shop.office, by="Anna, manager", actor="command")
    assert doubted is not None
    assert doubted.days == 366
    assert job.run(shop.office)["lapsed"] == 1
    (entry,) = logged(shop.office, EventKind.CLOCK_CONFIRMED)
    assert (entry.detail or {})["by"] == "Anna, manager"
    assert confirm(shop.office, by="Anna, manager", actor="command") is None
    assert len(logged(shop.office, EventKind.CLOCK_CONFIRMED)) == 1


def test_a_clock_that_was_set_right_goes_on_where_the_log_ran_ahead(
    shop: Home, shop_clock: ShopClock, subject: str
) -> None:
    """Entries of the wrong time make the right one look like the past: a person says which is."""
    shop_clock.forward(400 * DAY)
    customer = join(shop).subject_id
    shop_clock.forward(-400 * DAY)
    with pytest.raises(LedgerError, match="confirm-clock"):
        withdraw(shop.office, customer, None, actor="command", method="command")
    shop_clock.forward(-DAY)
    with pytest.raises(RefusedError, match="before the time last believed"):
        confirm(shop.office, by="Anna, manager", actor="command")
    shop_clock.forward(DAY)
    assert confirm(shop.office, by="Anna, manager", actor="command") is not None
    withdraw(shop.office, customer, None, actor="command", method="command")
    assert job.run(shop.office)["lapsed"] == 0
    with shop.databases.identity.read() as identity:
        assert verify(identity, shop.office.ring.log_public).ok
        assert set(records.standing(identity, customer, shop.office.now())) == {Purpose.ACCOUNT}
        assert Purpose.RECOGNISE in records.standing(identity, subject, shop.office.now())


def test_nobody_confirms_without_a_name(shop: Home, shop_clock: ShopClock, subject: str) -> None:
    shop_clock.forward(400 * DAY)
    for nobody in (" ", "x" * 61):
        with pytest.raises(UsageError, match="Say who looked"):
            confirm(shop.office, by=nobody, actor="command")
    assert clock_doubt(shop.office) is not None


@pytest.mark.usefixtures("subject")
class TestARunningHub:
    """Its clock is held against one that nobody can set."""

    def round(self, hub: Hub) -> None:
        hub.watcher._flows_at = 0.0
        hub.watcher.step()

    def test_a_step_of_days_holds_everything_also_after_a_restart(
        self, hub: Hub, shop: Home, shop_clock: ShopClock
    ) -> None:
        self.round(hub)
        shop_clock.forward(LARGEST_STEP.total_seconds() + 60)
        self.round(hub)
        assert clock_doubt(shop.office) is not None
        with pytest.raises(ClockDoubtedError):  # what another process would do
            job.run(shop.office)
        before = held(shop)
        shop_clock.forward(400 * DAY)
        self.round(hub)
        assert held(shop) == before
        confirm(shop.office, by="Anna, manager", actor="command")
        for _ in range(20):
            self.round(hub)
        assert held(shop) != before

    def test_a_step_that_a_time_server_makes_after_a_weekend_is_believed(
        self, hub: Hub, shop: Home, shop_clock: ShopClock
    ) -> None:
        self.round(hub)
        shop_clock.forward(LARGEST_STEP.total_seconds() - 60)
        self.round(hub)
        assert clock_doubt(shop.office) is None

    def test_time_that_passes_is_no_step(self, shop_clock: ShopClock) -> None:
        elapsed = [0.0]
        watch = StepWatch(shop_clock, lambda: elapsed[0])
        shop_clock.freeze()
        for seconds in (1.0, 30 * DAY, 200 * DAY):  # a machine that slept
            shop_clock.forward(seconds)
            elapsed[0] += seconds
            assert watch.stepped() is None
        shop_clock.forward(4 * DAY)
        assert watch.stepped() == shop_clock() - timedelta(days=4)
        assert watch.stepped() is None


def test_no_backup_of_the_keys_is_deleted(
    shop: Home, shop_clock: ShopClock, subject: str, tmp_path: Path
) -> None:
    data, keys = tmp_path / "data", tmp_path / "keys"
    first = make_backup(shop, data, keys)
    shop_clock.forward(40 * DAY)
    second = make_backup(shop, data, keys)
    assert (first.doubt, second.pruned) == (None, ())
    assert "confirm-clock" in (second.doubt or "")
    assert first.keys.is_dir()
    confirm(shop.office, by="Anna, manager", actor="command")
    shop_clock.forward(1)
    assert make_backup(shop, data, keys).pruned == (first.keys.name,)


def test_the_command_refuses_and_says_how_to_go_on(command: Command, enrolled_home: Home) -> None:
    believed = enrolled_home.office.now() - timedelta(days=40)
    with enrolled_home.databases.identity.write() as identity:
        identity.merge(BelievedClockRow(id=1, at=stamp(believed), stepped=False))
    refused = command("retention", "run")
    assert refused.code == 3
    assert "clienteling retention confirm-clock --by NAME" in refused.err
    confirmed = command("retention", "confirm-clock", "--by", "Anna, manager", "--json")
    assert (confirmed.code, confirmed.json["confirmed"]) == (0, True)
    assert command("retention", "run").code == 0
    assert command("retention", "confirm-clock", "--by", "x", "--json").json["confirmed"] is False


def test_the_officer_is_told_and_confirms_by_a_second_act(
    client: FlaskClient, shop: Home, shop_clock: ShopClock, subject: str
) -> None:
    shop_clock.forward(366 * DAY)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "officer")
    before = held(shop)
    assert "nothing is deleted until somebody" in client.get("/privacy").text
    assert "nothing is deleted until the privacy" in client.get("/health").text
    page = client.get("/privacy/retention").text
    assert "waits for the clock" in page
    assert "Yes, the clock is right" not in page
    assert post_form(client, "/privacy/retention/run").status_code == 403
    assert held(shop) == before
    asked = client.get("/privacy/retention?confirm=1").text
    assert "Yes, the clock is right" in asked
    zone = shop.config.oversight.zone  # it is compared with a watch in the shop
    assert f"({zone}) now?" in asked
    assert post_form(client, "/privacy/retention/clock").status_code == 303
    assert "waits for the clock" not in client.get("/privacy/retention").text
    assert post_form(client, "/privacy/retention/run").status_code == 303
    assert held(shop) != before
