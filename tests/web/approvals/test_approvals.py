"""The page on which a second person decides."""

import pytest
from flask.testing import FlaskClient

from clienteling.access.approvals import ApprovalNeededError, Matter, require
from clienteling.home import Home
from tests.support.web import post_form, sign_in


def propose(shop: Home, actor: str = "command") -> str:
    with pytest.raises(ApprovalNeededError) as refusal:
        require(shop.office, Matter.KEYS, "rotate-store", actor=actor)
    return refusal.value.proposal_id


def test_the_officer_approves_what_a_command_proposed(client: FlaskClient, shop: Home) -> None:
    number = propose(shop)
    sign_in(client, "officer")
    page = client.get("/approvals")
    assert "Een nieuwe winkelsleutel maken" in page.text

    answer = post_form(client, f"/approvals/{number}/approve")

    assert answer.status_code == 303
    require(shop.office, Matter.KEYS, "rotate-store", actor="command")
    assert "goedgekeurd en gedaan" in client.get("/approvals").text


def test_a_refusal_refuses(client: FlaskClient, shop: Home) -> None:
    number = propose(shop)
    sign_in(client, "officer")
    post_form(client, f"/approvals/{number}/refuse")
    assert propose(shop) != number


def test_ones_own_proposal_has_no_buttons_and_is_refused(client: FlaskClient, shop: Home) -> None:
    sign_in(client, "officer")
    number = propose(shop, "user:1")

    assert f"{number}/approve" not in client.get("/approvals").text
    assert post_form(client, f"/approvals/{number}/approve").status_code == 403


def test_a_manager_cannot_stand_in_for_the_officer(client: FlaskClient, shop: Home) -> None:
    number = propose(shop)
    sign_in(client, "manager")
    assert post_form(client, f"/approvals/{number}/approve").status_code == 403


@pytest.mark.parametrize("role", ["staff", "trained"])
def test_others_do_not_come_in(client: FlaskClient, role: str) -> None:
    sign_in(client, role)
    assert client.get("/approvals").status_code == 403


def test_what_is_decided_already_says_so(client: FlaskClient, shop: Home) -> None:
    number = propose(shop)
    sign_in(client, "officer")
    post_form(client, f"/approvals/{number}/approve")
    assert post_form(client, f"/approvals/{number}/approve").status_code == 400
