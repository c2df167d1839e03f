"""R41: the breach query finds exactly those whom an asset affects, and says what can be read.

The drill of docs/privacy/breach.md, as a test.
"""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clienteling.access.approvals import ApprovalNeededError, decide, proposals
from clienteling.access.users import RoleName
from clienteling.customers.card import build_card
from clienteling.customers.edge_gallery import pack_gallery
from clienteling.customers.find import find
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.oversight.breach import Breach, BreachReport, names, parse_asset, query
from clienteling.oversight.traces import Data, Why
from consent.log.events import EventKind
from consent.office import erase, withdraw
from consent.sealing import new_device_keys
from tests.support.edges import pair_edge
from tests.support.people import Customer, join
from tests.support.shops import Command, Enrolled, logged
from tests.support.web import POLICY, ShopClock, add_person, pair

HOUR = 3600.0


def ask(home: Home, *assets: str, since_hours: float | None = None) -> BreachReport:
    since = None if since_hours is None else home.office.now() - timedelta(hours=since_hours)
    breach = Breach(tuple(parse_asset(asset) for asset in assets), since)
    return query(home.office, breach, actor="user:1")


def ids(*customers: Customer) -> tuple[str, ...]:
    return tuple(sorted(customer.subject_id for customer in customers))


def send_gallery(home: Home, device_id: str) -> None:
    pack_gallery(
        home.office,
        device_id=device_id,
        open_public=new_device_keys().open_public,
        policy=POLICY,
        stopped=False,
    )


def test_a_stolen_camera_box(shop: Home, client: FlaskClient, shop_clock: ShopClock) -> None:
    """Those whose template was in a gallery that it had; neither before nor after."""
    edge = pair_edge(client, shop)
    gone, held, leaving = join(shop), join(shop), join(shop)
    withdraw(shop.office, gone.subject_id, None, actor="c", method="c")
    shop_clock.forward(HOUR)
    send_gallery(shop, edge.device_id)
    shop_clock.forward(HOUR)
    withdraw(shop.office, leaving.subject_id, None, actor="c", method="c")
    shop_clock.forward(HOUR)

    report = ask(shop, "edge:" + edge.device_id, since_hours=2.5)

    assert report.subjects == ids(held, leaving)
    (asked,) = logged(shop.office, EventKind.BREACH_QUERIED)
    assert asked.detail == {"assets": ["edge"], "affected": len(report.subjects)}
    (exposure,) = report.exposures
    assert (exposure.data, exposure.readable, exposure.why) == (Data.TEMPLATE, True, Why.MEMORY)
    send_gallery(shop, edge.device_id)
    shop_clock.forward(HOUR)
    assert ask(shop, "edge:" + edge.device_id, since_hours=0.5).subjects == ids(held)


@pytest.mark.parametrize(
    ("lost", "profile", "template"),
    [
        (("identity",), False, None),
        (("templates",), None, False),
        (("keys",), None, None),
        (("identity", "templates"), False, False),
        (("identity", "keys"), True, None),
        (("templates", "keys"), None, True),
        (("identity", "templates", "keys"), True, True),
    ],
)
def test_lost_databases_are_readable_with_the_keys_only(
    shop: Home, lost: tuple[str, ...], profile: bool | None, template: bool | None
) -> None:
    customer = join(shop)
    report = ask(shop, *(f"database:{one}" for one in lost))
    found = {one.data: one.readable for one in report.exposures}
    assert found.get(Data.PROFILE) is profile
    assert found.get(Data.TEMPLATE) is template
    assert report.subjects == ids(customer)
    assert report.readable is bool(profile or template)


def test_a_lost_backup(shop: Home, tmp_path: Path, shop_clock: ShopClock) -> None:
    """Whoever was a customer when it was made, and what it holds."""
    early, erased = join(shop), join(shop)
    shop_clock.forward(2 * HOUR)
    backup = tmp_path / "backup"
    backup.mkdir()
    for name in ("identity.db", "templates.db"):
        shutil.copyfile(shop.path / name, backup / name)
    shop_clock.forward(HOUR)
    erase(shop.office, erased.subject_id, actor="c", method="c")
    join(shop)

    report = ask(shop, f"backup:{backup}")

    assert (report.subjects, report.erased) == (ids(early), 1)
    assert not report.readable


def test_a_curious_colleague_and_a_lost_tablet(
    shop: Home, client: FlaskClient, shop_clock: ShopClock
) -> None:
    add_person(shop, "staff", username="anna")
    pair(client, "tablet")
    long_ago, seen, found = join(shop), join(shop), join(shop, name="Zoë Uniek")
    join(shop)
    build_card(shop.office, long_ago.subject_id, reader="user:1", confirmed=False)
    shop_clock.forward(5 * HOUR)
    build_card(shop.office, seen.subject_id, reader="user:1", confirmed=True)
    find(shop.office, "Zoë", reader="user:1")

    assert ask(shop, "staff:anna", since_hours=1).subjects == ids(seen, found)
    assert ask(shop, "staff:anna").subjects == ids(long_ago, seen, found)
    assert ask(shop, "tablet:test tablet", since_hours=1).subjects == ids(seen)


@pytest.mark.parametrize("asset", ["edge:none", "tablet:none", "staff:none", "backup:/none"])
def test_what_is_not_known_is_said(shop: Home, asset: str) -> None:
    with pytest.raises(UsageError):
        ask(shop, asset)


@pytest.mark.parametrize("text", ["", "edge", "edge:", "database:all", "usb:stick"])
def test_what_is_no_asset_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="no asset"):
        parse_asset(text)


def test_names_come_out_with_a_second_person_only(shop: Home) -> None:
    customer = join(shop, name="Robin Naam")
    asked = Breach((parse_asset("database:identity"),))
    with pytest.raises(ApprovalNeededError):
        names(shop.office, asked, actor="user:1")
    assert "Robin" not in str(query(shop.office, asked, actor="user:1"))
    assert not logged(shop.office, EventKind.PROFILE_READ)
    with shop.databases.identity.read() as identity:
        (waiting,) = proposals(identity, shop.office)
    decide(shop.office, waiting.id, approve=True, actor="user:7", roles=[RoleName.OFFICER])
    (contact,) = names(shop.office, asked, actor="user:1")
    assert (contact.customer, contact.name) == (customer.subject_id, "Robin Naam")
    (read,) = logged(shop.office, EventKind.PROFILE_READ)
    assert read.about == customer.subject_id


def test_the_drill_by_command(command: Command, enrolled: Enrolled) -> None:
    aware = "2026-11-22T14:30"
    drill = command(
        "breach",
        *("--asset", "database:identity", "database:keys", "--aware", aware, "--json"),
    )
    assert drill.code == 0
    assert drill.json["readable"] is True
    assert set(drill.json["subjects"]) == {enrolled.robin.customer, enrolled.sam.customer}
    assert drill.json["notify_by"].startswith("2026-11-25 14:30")
    assert "Robin" not in json.dumps(drill.json)
    people = command("breach", "--asset", "staff:nobody")
    assert (people.code, "Nobody signs in" in people.err) == (2, True)
