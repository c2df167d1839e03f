"""Who may come to the tablet's pages: somebody trained, on a paired tablet; nobody else."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.access.devices import revoke
from clienteling.access.models import DeviceRow
from tests.support.web import pair, post_json, sign_in
from web.context import Hub

ID = "00000000-0000-4000-8000-000000000000"
READS = ("/staff", "/staff/events", "/staff/arrivals", f"/staff/arrivals/{ID}/card")
ACTS = tuple(
    f"/staff/arrivals/{ID}/{act}" for act in ("claim", "release", "confirm", "not-this-person")
)


@pytest.mark.parametrize("path", READS)
def test_a_tablet_without_anybody_signed_in_leads_to_the_sign_in(
    client: FlaskClient, path: str
) -> None:
    pair(client, "tablet")
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_somebody_trained_on_a_screen_that_is_not_paired_is_refused(client: FlaskClient) -> None:
    sign_in(client, "trained")
    answers = [client.get(path) for path in READS] + [post_json(client, path) for path in ACTS]
    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize("kind", ["kiosk", "greet"])
def test_another_kind_of_screen_is_refused(client: FlaskClient, kind: str) -> None:
    pair(client, kind, "entrance")
    sign_in(client, "trained")
    assert client.get("/staff").status_code == 403
    assert post_json(client, ACTS[0]).status_code == 403


@pytest.mark.parametrize("path", ["/staff", "/staff/events", "/staff/arrivals", READS[3]])
def test_a_page_takes_no_post(anna: FlaskClient, path: str) -> None:
    assert post_json(anna, path).status_code == 405


@pytest.mark.parametrize("path", ACTS)
def test_an_act_is_no_link(anna: FlaskClient, path: str) -> None:
    assert anna.get(path).status_code == 405


@pytest.mark.parametrize("path", ACTS)
def test_an_act_needs_the_token_of_the_page(anna: FlaskClient, path: str) -> None:
    assert anna.post(path, json={}).status_code == 400


def test_an_arrival_that_never_was_has_ended(anna: FlaskClient) -> None:
    answers = [anna.get(READS[3])] + [post_json(anna, path) for path in ACTS]
    assert {answer.status_code for answer in answers} == {410}


def test_an_id_that_is_none_leads_nowhere(anna: FlaskClient) -> None:
    assert anna.get("/staff/arrivals/robin/card").status_code == 404


def test_a_revoked_tablet_is_out_at_once(hub: Hub, anna: FlaskClient) -> None:
    with hub.databases.identity.write() as identity:
        device = identity.scalars(select(DeviceRow)).one()
        revoke(identity, hub.office.ring, device.id, actor="user:9", now=hub.now())
    assert anna.get("/staff/arrivals").status_code == 403
