"""The officer's papers: exported, dated, and said to be out of date when they are."""

import hashlib

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.papers.export import export_due
from consent.log.cosignatures import witness_key
from consent.log.events import EventKind
from consent.log.witnesses import add_witness
from tests.support.shops import logged
from tests.support.web import ShopClock, post_form, sign_in


def add_a_witness(shop: Home) -> None:
    with shop.databases.identity.write() as identity:
        key = witness_key("dpo.example/witness", bytes(32))
        add_witness(identity, shop.office.ring, key, actor="command", now=shop.office.now())


def test_it_says_when_the_record_was_exported_and_whether_it_holds(
    officer: FlaskClient, shop: Home, shop_clock: ShopClock
) -> None:
    page = officer.get("/privacy/papers").text
    assert "beschrijft deze winkel" in page  # the record
    assert "nooit geëxporteerd" in page  # the assessment
    assert "Telt tot" in page

    add_a_witness(shop)

    assert "sindsdien veranderd" in officer.get("/privacy/papers/article30/now").text
    assert "exporteer het opnieuw binnen 14 dagen" in officer.get("/privacy").text

    export_due(shop)  # noted, as the command does that adds a witness
    shop_clock.forward(15 * 24 * 3600)
    sign_in(officer, "officer", "admin")
    now = officer.get("/privacy/papers/article30/now").text
    assert "De hub start zonder dit register niet meer" in now
    assert "langer dan twee weken geleden veranderd" in officer.get("/privacy").text


def test_too_old_is_said(officer: FlaskClient, shop_clock: ShopClock) -> None:
    shop_clock.forward(366 * 24 * 3600)
    sign_in(officer, "officer", "admin")

    assert "te oud" in officer.get("/privacy/papers/article30/now").text
    assert "Het afgelopen jaar is geen verwerkingsregister" in officer.get("/privacy").text


@pytest.mark.parametrize("paper", ["article30", "dpia"])
@pytest.mark.parametrize(("form", "kind"), [("html", "text/html"), ("json", "application/json")])
def test_a_download_is_logged_by_its_hash(
    officer: FlaskClient, shop: Home, paper: str, form: str, kind: str
) -> None:
    answer = post_form(officer, f"/privacy/papers/{paper}", language="nl", form=form)

    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert f'filename="{paper}-nl.{form}"' in answer.headers["Content-Disposition"]
    entry = logged(shop.office, EventKind.PAPER_EXPORTED)[0]
    detail = entry.detail or {}
    assert detail["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert (detail["paper"], str(entry.actor).startswith("user:")) == (paper, True)
    assert "beschrijft deze winkel" in officer.get(f"/privacy/papers/{paper}/now").text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/privacy/papers/other", {"language": "nl", "form": "md"}),
        ("/privacy/papers/dpia", {"language": "de", "form": "md"}),
        ("/privacy/papers/dpia", {"language": "nl", "form": "doc"}),
    ],
)
def test_what_there_is_not_is_not_made(
    officer: FlaskClient, shop: Home, path: str, fields: dict[str, str]
) -> None:
    before = len(logged(shop.office, EventKind.PAPER_EXPORTED))

    assert post_form(officer, path, **fields).status_code == 404
    assert officer.get("/privacy/papers/other/now").status_code == 404
    assert len(logged(shop.office, EventKind.PAPER_EXPORTED)) == before


def test_it_is_the_officer_s(client: FlaskClient) -> None:
    sign_in(client, "manager")

    assert client.get("/privacy/papers").status_code == 403
    answer = post_form(client, "/privacy/papers/article30", language="nl", form="md")
    assert answer.status_code == 403
