"""R46: a witness elsewhere refuses a fork and a roll-back, and its silence shows to the officer."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from clienteling.home import Home, open_home
from clienteling.witness.errors import AlarmError
from clienteling.witness.folder import WitnessFolder
from clienteling.witness.log import PublicLog
from clienteling.witness.watch import Look, look
from consent.office import Office
from tests.support.people import join
from tests.support.tampering import behind_its_back, copy_of, cut_to, put_back
from tests.support.web import LiveHub, ShopClock, sign_in
from tests.support.witnesses import NAME, OfficeLog, act, log_key, register


@pytest.fixture
def folder(shop: Home, tmp_path: Path) -> WitnessFolder:
    made = WitnessFolder.make(
        tmp_path / "witness", NAME, "https://hub.example", log_key(shop.office), None
    )
    join(shop)
    register(shop.office, made)
    return made


def glance(folder: WitnessFolder, office: Office) -> Look:
    return look(folder, OfficeLog(office), office.now())


def test_a_witness_refuses_an_old_copy_of_the_file(
    shop: Home, folder: WitnessFolder, tmp_path: Path
) -> None:
    copy = copy_of(shop.path, tmp_path / "copy")
    act(shop.office, 4)
    seen = glance(folder, shop.office)
    shop.databases.close()
    put_back(copy, shop.path)
    home = open_home(shop.path)
    with pytest.raises(AlarmError, match="THE LOG WENT BACK") as caught:
        glance(folder, home.office)
    assert f"and this witness saw {seen.size}" in str(caught.value)
    act(home.office, 10)  # growing past it does not help
    with pytest.raises(AlarmError, match="THE LOG WAS REWRITTEN"):
        glance(folder, home.office)
    home.databases.close()


def test_a_witness_refuses_a_fork_signed_with_the_logs_own_key(
    shop: Home, folder: WitnessFolder
) -> None:
    seen = glance(folder, shop.office)
    with behind_its_back(shop.path) as database:
        cut_to(database, seen.size - 3)
    act(shop.office, 9)
    with pytest.raises(AlarmError, match="THE LOG WAS REWRITTEN"):
        glance(folder, shop.office)


def test_over_the_network_too(live: LiveHub, folder: WitnessFolder) -> None:
    log = PublicLog(live.url, None)
    office = live.home.office
    first = look(folder, log, office.now())
    act(office, 2)
    assert look(folder, log, office.now()).grown == 2
    with behind_its_back(live.home.path) as database:
        cut_to(database, first.size)
    act(office, 5)
    with pytest.raises(AlarmError, match="THE LOG WAS REWRITTEN"):
        look(folder, log, office.now())
    log.close()


def overview(client: FlaskClient) -> str:
    client.set_cookie("language", "en")
    return client.get("/privacy").text


def health(client: FlaskClient) -> str:
    answer = client.get("/health", headers={"Accept": "application/json"})
    assert answer.json is not None
    return str(answer.json["log_witness"])


def test_the_officer_sees_that_nobody_watches(client: FlaskClient, shop: Home) -> None:
    sign_in(client, "officer")
    assert "Nobody watches this log from outside." in overview(client)
    assert health(client) == "nobody"


def test_the_officer_sees_the_last_cosignature_and_when_it_is_stale(
    client: FlaskClient, shop: Home, folder: WitnessFolder, shop_clock: ShopClock
) -> None:
    sign_in(client, "officer")
    assert "has not cosigned yet" in overview(client)
    seen = glance(folder, shop.office)
    shop_clock.forward(3 * 3600 + 60)
    page = overview(client)
    assert NAME in page
    assert f"{seen.size} entries, 3 hours ago" in page
    assert "too long" not in page
    assert health(client) == "watched"

    shop_clock.forward(21 * 3600)
    page = overview(client)
    assert "A witness of the log has not cosigned for too long." in page
    assert "too long ago" in page
    assert health(client) == "stale"

    glance(folder, shop.office)
    assert "too long" not in overview(client)


def test_one_that_never_came_is_stale_too(
    client: FlaskClient, folder: WitnessFolder, shop_clock: ShopClock
) -> None:
    assert health(client) == "watched"
    shop_clock.forward(25 * 3600)
    assert health(client) == "stale"


@pytest.mark.parametrize("table", ["log_entry", "log_node", "log_checkpoint", "log_cosignature"])
@pytest.mark.parametrize("act_on", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid"])
def test_the_applications_own_connection_cannot_rewrite(
    shop: Home, folder: WitnessFolder, table: str, act_on: str
) -> None:
    glance(folder, shop.office)
    with (
        pytest.raises(IntegrityError, match="insert-only"),
        shop.databases.identity.write() as identity,
    ):
        identity.execute(text(act_on.format(table)))
