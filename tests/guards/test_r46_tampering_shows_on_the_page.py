"""R46: who alters the log behind the program's back is seen by the officer, at the right entry."""

import sqlite3

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.people import join
from tests.support.web import eventually, post_form, sign_in

ALTERED = 7
UNDO = ("log_entry", "log_node", "log_checkpoint", "log_detail")


def _behind_its_back(shop: Home, entry: int, *statements: str) -> None:
    with sqlite3.connect(shop.path / "identity.db") as database:
        for table in UNDO:
            for operation in ("update", "delete"):
                database.execute(f"DROP TRIGGER IF EXISTS {table}_no_{operation}")
        for statement in statements:
            database.execute(statement, {"entry": entry})


def _verdict(client: FlaskClient, checkpoint: str = "") -> str:
    answer = post_form(client, "/privacy/verify", checkpoint=checkpoint)
    assert answer.status_code == 303
    assert eventually(lambda: "data-done" in client.get(f"{answer.location}/now").text, 30)
    return client.get(f"{answer.location}/now").text


@pytest.fixture
def officer(client: FlaskClient, shop: Home) -> FlaskClient:
    join(shop)
    sign_in(client, "officer")
    client.set_cookie("language", "en")
    return client


def test_log_that_nobody_altered_holds(officer: FlaskClient) -> None:
    assert "The log holds." in _verdict(officer)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET kind = 'signin.ok' WHERE leaf_index = :entry",
        "UPDATE log_detail SET actor = 'user:99' WHERE leaf_index = :entry",
        "UPDATE log_node SET hash = zeroblob(32) WHERE level = 0 AND position = :entry",
        "DELETE FROM log_checkpoint WHERE tree_size = :entry + 1",
    ],
)
def test_altered_entry_is_named(officer: FlaskClient, shop: Home, statement: str) -> None:
    _behind_its_back(shop, ALTERED, statement)
    verdict = _verdict(officer)
    assert "The log does not hold." in verdict
    assert f'<td class="num mono">{ALTERED}</td>' in verdict


def test_cut_tail_shows_against_a_checkpoint_from_outside(officer: FlaskClient, shop: Home) -> None:
    kept = officer.get("/privacy/log/checkpoint.txt").text
    size = int(kept.split("\n")[1])
    cut = size - 2
    _behind_its_back(
        shop,
        cut,
        "DELETE FROM log_detail WHERE leaf_index >= :entry",
        "DELETE FROM consent_record WHERE leaf_index >= :entry",
        "DELETE FROM log_entry WHERE leaf_index >= :entry",
        "DELETE FROM log_node WHERE (position + 1) << level > :entry",
        "DELETE FROM log_checkpoint WHERE tree_size > :entry",
    )
    alone = _verdict(officer)
    assert "The log holds." in alone
    assert "End of log not proven." in alone
    against = _verdict(officer, kept)
    assert "The log does not hold." in against
