"""Devices and people: who may do what, and what comes of it."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.access.models import DeviceRow, PairingRow, User
from clienteling.home import Home
from consent.keystore.holder import new_holder_secret
from consent.log import ledger
from consent.log.events import EventKind
from tests.support.people import join
from tests.support.web import PASSWORD, POLICY, add_person, csrf, pair, post_form, sign_in
from web.context import EXTENSION, Hub

POSTS = (
    "/manage/pairing",
    "/manage/devices/none/revoke",
    "/manage/people",
    "/manage/people/none/deactivate",
)
NEW = {"name": "Kim", "username": "kim", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    sign_in(client, "manager")
    client.set_cookie("language", "en")
    return client


def _user(shop: Home, username: str) -> User | None:
    with shop.databases.identity.read() as identity:
        return identity.scalars(select(User).where(User.username == username)).one_or_none()


def test_lists_name_every_route(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("manage.")]
    assert len(rules) == len(POSTS) + 1


def test_nobody_signed_in_gets_nowhere(client: FlaskClient) -> None:
    assert client.get("/manage").location.startswith("/sign-in")
    for path in POSTS:
        assert post_form(client, path).status_code == 401, path


def test_other_roles_are_refused(client: FlaskClient) -> None:
    sign_in(client, "staff", "trained", "officer")
    pair(client, "kiosk")
    assert client.get("/manage").status_code == 403
    for path in POSTS:
        assert post_form(client, path).status_code == 403, path


def test_wrong_method_is_refused(manager: FlaskClient) -> None:
    for path in POSTS:
        assert manager.get(path).status_code == 405, path
    assert manager.post("/manage", data={"csrf_token": csrf(manager)}).status_code == 405


def test_what_is_not_there_is_refused(manager: FlaskClient) -> None:
    for path in ("/manage/devices/none/revoke", "/manage/people/none/deactivate"):
        assert post_form(manager, path).status_code == 400, path
    assert post_form(manager, "/manage/people/user:999/deactivate").status_code == 400


def test_pairing_code_is_shown_once_and_pairs(manager: FlaskClient, app: Flask, shop: Home) -> None:
    answer = post_form(manager, "/manage/pairing", kind="greet", name="Display", camera="door")
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", answer.text)
    assert found is not None
    with shop.databases.identity.read() as identity:
        kept = identity.scalars(select(PairingRow)).one()
    assert found[0] not in repr(vars(kept))
    assert found[0] not in manager.get("/manage").text
    screen = app.test_client()
    assert post_form(screen, "/pair", code=found[0]).status_code == 302
    assert screen.get("/greet/door").status_code == 200


def test_pairing_says_what_is_missing(manager: FlaskClient) -> None:
    for fields in (
        {"kind": "toaster", "name": "x"},
        {"kind": "edge", "name": "x"},
        {"kind": "tablet", "name": " "},
    ):
        assert post_form(manager, "/manage/pairing", **fields).status_code == 400, fields


def test_customers_of_an_earlier_face_model_are_counted(
    manager: FlaskClient, app: Flask, shop: Home
) -> None:
    assert "face model" not in manager.get("/manage").text
    join(shop)
    join(shop, model_id="earlier")
    page = manager.get("/manage").text
    assert "They are not recognised" in page
    assert "the earlier face model" not in page
    hub: Hub = app.extensions[EXTENSION]
    also = POLICY.model_copy(update={"also": ("earlier",)})
    app.extensions[EXTENSION] = replace(hub, policy=also)
    page = manager.get("/manage").text
    assert "the earlier face model: 1. They are recognised" in page
    assert "They are not recognised" not in page


def test_whoever_has_no_template_that_works_here_is_counted(
    manager: FlaskClient, client: FlaskClient, shop: Home
) -> None:
    join(shop)
    words = "no template that works here now"
    for path in ("/manage", "/health"):
        assert words not in client.get(path).text
    join(shop, name="From Passes", holder=new_holder_secret())
    for path in ("/manage", "/health"):
        page = client.get(path).text
        assert f"{words}: 1." in page
        assert "Take new pictures of each of them" in page
    told = client.get("/health", headers={"Accept": "application/json"}).json
    assert told is not None
    assert told["without_usable_template"] == 1


def test_revoked_device_is_out(manager: FlaskClient, app: Flask, shop: Home) -> None:
    screen = app.test_client()
    pair(screen, "greet", "door")
    with shop.databases.identity.read() as identity:
        device = identity.scalars(select(DeviceRow)).one()
    assert post_form(manager, f"/manage/devices/{device.id}/revoke").status_code == 303
    assert screen.get("/greet/door").status_code == 403
    assert "revoked" in manager.get("/manage").text
    assert post_form(manager, f"/manage/devices/{device.id}/revoke").status_code == 400


def test_person_can_sign_in_once_added(manager: FlaskClient, app: Flask, shop: Home) -> None:
    answer = manager.post(
        "/manage/people", data={"csrf_token": csrf(manager), **NEW, "role": ["staff", "trained"]}
    )
    assert answer.status_code == 303
    user = _user(shop, "kim")
    assert user is not None
    assert {role.name for role in user.roles} == {"staff", "trained"}
    answer = post_form(app.test_client(), "/sign-in", username="kim", password=PASSWORD)
    assert answer.status_code == 302
    with shop.databases.identity.read() as identity:
        entry = ledger.search(identity, kinds=[EventKind.USER_CREATED], limit=1)[0]
    assert (entry.actor or "").startswith("user:")
    assert "kim" not in str(entry.detail)


@pytest.mark.parametrize(
    "wrong",
    [
        {"again": "another long password"},
        {"password": "short", "again": "short"},
        {"password": "x" * 300, "again": "x" * 300},
        {"username": " "},
        {"username": "manager"},
        {"role": ""},
    ],
)
def test_person_is_not_added_with_a_mistake(
    manager: FlaskClient, shop: Home, wrong: dict[str, str]
) -> None:
    fields = {**NEW, "role": "staff"} | wrong
    answer = post_form(manager, "/manage/people", **fields)
    assert answer.status_code == 400
    assert _user(shop, "kim") is None
    assert "another long password" not in answer.text


def test_only_an_admin_makes_officers_and_admins(client: FlaskClient, shop: Home) -> None:
    """R44: whoever is to watch a manager is not made by that manager."""
    sign_in(client, "manager")
    for role in ("officer", "admin"):
        assert f'value="{role}"' not in client.get("/manage").text
        answer = post_form(client, "/manage/people", **NEW, role=role)
        assert answer.status_code == 403
    assert _user(shop, "kim") is None
    sign_in(client, "admin")
    assert post_form(client, "/manage/people", **NEW, role="officer").status_code == 303


def test_ended_access_ends_open_sessions(manager: FlaskClient, app: Flask, shop: Home) -> None:
    leaver = app.test_client()
    sign_in(leaver, "staff", "manager")
    assert leaver.get("/manage").status_code == 200
    user = _user(shop, "staff-manager")
    assert user is not None
    assert post_form(manager, f"/manage/people/user:{user.id}/deactivate").status_code == 303
    assert leaver.get("/manage").status_code == 302
    fields = {"username": "staff-manager", "password": PASSWORD}
    assert post_form(leaver, "/sign-in", **fields).status_code == 403
    assert "access ended" in manager.get("/manage").text


def test_own_access_and_an_officers_stay(manager: FlaskClient, shop: Home) -> None:
    add_person(shop, "officer")
    mine, officer = _user(shop, "manager"), _user(shop, "officer")
    assert mine is not None
    assert officer is not None
    assert post_form(manager, f"/manage/people/user:{mine.id}/deactivate").status_code == 400
    assert post_form(manager, f"/manage/people/user:{officer.id}/deactivate").status_code == 403
    assert _user(shop, "officer").active  # type: ignore[union-attr]
