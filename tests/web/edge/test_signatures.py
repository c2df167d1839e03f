"""R48: only a paired edge, now, and once."""

import base64
import secrets
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.access.devices import revoke
from clienteling.edge_protocol import DEVICE_HEADER, PREFIX, SIGNATURE_HEADER, ErrorReply
from clienteling.home import Home
from tests.support.edges import Edge, pair_edge
from tests.support.web import pairing_code
from web.app import MAX_BODY


@pytest.fixture
def edge(client: FlaskClient, shop: Home) -> Edge:
    return pair_edge(client, shop)


def refusal(answer: TestResponse) -> str:
    return ErrorReply.model_validate_json(answer.data).error


def test_a_signed_request_is_taken(edge: Edge) -> None:
    assert edge.get("/gallery").status_code == 200


@pytest.mark.parametrize("path", ["/gallery", "/events"])
def test_without_a_signature_nothing_is_told(edge: Edge, path: str) -> None:
    answer = edge.client.get(PREFIX + path)
    assert (answer.status_code, refusal(answer)) == (401, "bad_signature")


@pytest.mark.parametrize("path", ["/sightings", "/ack", "/health"])
def test_without_a_signature_nothing_is_taken(edge: Edge, path: str) -> None:
    answer = edge.client.post(PREFIX + path, json={"v": 1})
    assert (answer.status_code, refusal(answer)) == (401, "bad_signature")


def test_a_body_that_was_changed_after_signing_is_refused(edge: Edge) -> None:
    headers = edge.sign("POST", f"{PREFIX}/ack", b'{"v":1,"version":0}', None)
    answer = edge.client.post(f"{PREFIX}/ack", data=b'{"v":1,"version":1}', headers=headers)
    assert (answer.status_code, refusal(answer)) == (401, "bad_signature")


def test_a_query_that_was_changed_after_signing_is_refused(edge: Edge) -> None:
    headers = edge.sign("GET", f"{PREFIX}/gallery?have=1", b"", None)
    answer = edge.client.get(f"{PREFIX}/gallery?have=2", headers=headers)
    assert (answer.status_code, refusal(answer)) == (401, "bad_signature")


def test_another_devices_signature_is_refused(edge: Edge, client: FlaskClient, shop: Home) -> None:
    other = pair_edge(client, shop, "back")
    headers = other.sign("GET", f"{PREFIX}/gallery", b"", None) | {DEVICE_HEADER: edge.device_id}
    answer = client.get(f"{PREFIX}/gallery", headers=headers)
    assert (answer.status_code, refusal(answer)) == (401, "bad_signature")


def test_a_random_signature_is_refused(edge: Edge) -> None:
    headers = edge.sign("GET", f"{PREFIX}/gallery", b"", None)
    headers[SIGNATURE_HEADER] = base64.urlsafe_b64encode(secrets.token_bytes(64)).decode()
    assert edge.client.get(f"{PREFIX}/gallery", headers=headers).status_code == 401


@pytest.mark.parametrize("seconds", [-31, 31])
def test_a_request_more_than_30_seconds_off_is_refused(edge: Edge, seconds: int) -> None:
    answer = edge.get("/gallery", now=edge.home.office.now() + timedelta(seconds=seconds))
    assert (answer.status_code, refusal(answer)) == (401, "clock_skew")


def test_a_request_29_seconds_old_is_taken(edge: Edge) -> None:
    at = edge.home.office.now() - timedelta(seconds=29)
    assert edge.get("/gallery", now=at).status_code == 200


def test_the_same_request_again_is_refused(edge: Edge) -> None:
    headers = edge.sign("GET", f"{PREFIX}/gallery", b"", None)
    assert edge.client.get(f"{PREFIX}/gallery", headers=headers).status_code == 200
    answer = edge.client.get(f"{PREFIX}/gallery", headers=headers)
    assert (answer.status_code, refusal(answer)) == (409, "replayed")


def test_a_revoked_edge_is_refused(edge: Edge) -> None:
    office = edge.home.office
    with office.databases.identity.write() as identity:
        revoke(identity, office.ring, edge.device_id, actor="command", now=office.now())
    answer = edge.get("/gallery")
    assert (answer.status_code, refusal(answer)) == (403, "revoked")


def test_a_pairing_code_works_once(client: FlaskClient, shop: Home, edge: Edge) -> None:
    answer = client.post(
        f"{PREFIX}/pair",
        json={
            "v": 1,
            "code": "0000-0000-0000",
            "name": "forged",
            "sign_public": base64.urlsafe_b64encode(edge.keys.sign_public).decode(),
            "open_public": base64.urlsafe_b64encode(edge.keys.open_public).decode(),
        },
    )
    assert (answer.status_code, refusal(answer)) == (403, "unknown_code")


def test_a_code_for_a_screen_pairs_no_camera(client: FlaskClient, shop: Home, edge: Edge) -> None:
    answer = client.post(
        f"{PREFIX}/pair",
        json={
            "v": 1,
            "code": pairing_code(shop, "tablet"),
            "name": "forged",
            "sign_public": base64.urlsafe_b64encode(edge.keys.sign_public).decode(),
            "open_public": base64.urlsafe_b64encode(edge.keys.open_public).decode(),
        },
    )
    assert (answer.status_code, refusal(answer)) == (403, "unknown_code")


def test_a_body_that_is_not_of_the_protocol_is_a_bad_request(edge: Edge) -> None:
    answer = edge.post("/ack", {"v": 1, "version": 0, "name": "somebody"})
    assert (answer.status_code, refusal(answer)) == (400, "bad_request")
    assert "somebody" not in answer.text


def test_a_body_that_is_too_large_is_refused(edge: Edge) -> None:
    answer = edge.post("/ack", {"v": 1, "version": 0, "padding": "x" * 70_000})
    assert (answer.status_code, refusal(answer)) == (413, "bad_request")
    answer = edge.post("/ack", {"padding": "x" * (MAX_BODY + 1)})
    assert (answer.status_code, refusal(answer)) == (413, "bad_request")


def test_an_unknown_address_and_method_are_refused_as_json(edge: Edge) -> None:
    assert edge.get("/nothing").status_code == 404
    assert edge.get("/nothing").is_json
    assert edge.get("/ack").status_code == 405
