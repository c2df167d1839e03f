"""The manager's page of tags and kinds of sizes."""

import re

import pytest
from flask.testing import FlaskClient

from clienteling.customers import tags
from clienteling.customers.choices import ChoiceKind, choices
from clienteling.home import Home
from consent.log.events import EventKind
from tests.support.arrivals import logged
from tests.support.people import join
from tests.support.web import post_form, sign_in
from web.context import Hub

PAGE = "/manage/customers"


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "manager")
    return client


def test_an_entry_is_added_shown_and_removed_from_everybody(
    manager: FlaskClient, hub: Hub, shop: Home
) -> None:
    assert "Nothing on this list yet." in manager.get(PAGE).text
    answer = post_form(manager, f"{PAGE}/tag", nl="vaste klant", en="regular")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#tag")
    assert post_form(manager, f"{PAGE}/size", nl="schoen", en="shoe").status_code == 303
    shown = manager.get(PAGE).text
    for words in ("vaste klant", "regular", "schoen", "shoe"):
        assert words in shown
    with hub.databases.identity.read() as identity:
        (tag,) = choices(identity, ChoiceKind.TAG)
    tags.add(hub.office, join(shop).subject_id, tag.id, actor="user:1")
    (path,) = re.findall(rf'action="({PAGE}/{tag.id}/remove)"', shown)
    assert post_form(manager, path).status_code == 303
    assert "vaste klant" not in manager.get(PAGE).text
    assert post_form(manager, path).status_code == 404
    assert [entry.kind for entry in logged(hub, EventKind.RECORD_REMOVED)] == [
        EventKind.RECORD_REMOVED
    ]
    changed = logged(hub, EventKind.CHOICES_CHANGED)
    assert [(entry.detail or {})["act"] for entry in changed] == ["added", "added", "removed"]


def test_what_cannot_be_on_a_list_is_said(manager: FlaskClient, hub: Hub) -> None:
    post_form(manager, f"{PAGE}/tag", nl="a", en="a")
    for nl, en, sentence in (
        ("", "x", "in both languages"),
        ("x" * 31, "x", "in both languages"),
        ("A", "b", "not twice"),
        ("zwanger", "expecting", "Such a list is not kept"),
    ):
        answer = post_form(manager, f"{PAGE}/tag", nl=nl, en=en)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{en}"' in answer.text, "what was typed is not lost"
    assert post_form(manager, f"{PAGE}/allergy", nl="x", en="x").status_code == 404
    with hub.databases.identity.read() as identity:
        assert len(choices(identity, ChoiceKind.TAG)) == 1


@pytest.mark.parametrize("role", ["staff", "trained", "officer"])
def test_others_do_not_keep_the_lists(client: FlaskClient, role: str) -> None:
    sign_in(client, role)
    assert client.get(PAGE).status_code == 403
    assert post_form(client, f"{PAGE}/tag", nl="a", en="a").status_code == 403
