"""Who may enter the officer's pages, and how."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people import Customer
from tests.support.web import csrf, pair, post_form, sign_in

GETS = (
    "/privacy",
    "/privacy/now",
    "/privacy/access",
    "/privacy/log",
    "/privacy/log/page.csv",
    "/privacy/log/checkpoint.txt",
    "/privacy/log/key.txt",
    "/privacy/customers",
    "/privacy/customers/{id}",
    "/privacy/customers/{id}/withdraw",
    "/privacy/customers/{id}/erase",
    "/privacy/customers/{id}/restriction",
    "/privacy/customers/{id}/correct",
    "/privacy/requests",
    "/privacy/requests/new",
    "/privacy/requests/none",
    "/privacy/breach",
    "/privacy/flows/none",
    "/privacy/flows/none/now",
    "/privacy/notices",
    "/privacy/notices/drafts/none",
    "/privacy/papers",
    "/privacy/papers/article30/now",
    "/privacy/retention",
    "/privacy/recognition",
    "/privacy/receipts/none.json",
    "/privacy/receipts/none/sheet",
    "/privacy/verify",
    "/privacy/verify/none",
    "/privacy/verify/none/now",
    "/privacy/switch",
    "/privacy/switch/now",
)
POSTS = (
    "/privacy/customers",
    "/privacy/customers/{id}/withdraw",
    "/privacy/customers/{id}/erase",
    "/privacy/customers/{id}/restriction",
    "/privacy/customers/{id}/correct",
    "/privacy/customers/{id}/export",
    "/privacy/requests/new",
    "/privacy/requests/none/take",
    "/privacy/requests/none/identity",
    "/privacy/requests/none/extend",
    "/privacy/requests/none/answer",
    "/privacy/breach",
    "/privacy/notices/drafts/none/publish",
    "/privacy/papers/article30",
    "/privacy/retention/run",
    "/privacy/retention/clock",
    "/privacy/verify",
    "/privacy/switch/stop",
    "/privacy/switch/resume",
)
MISSING = tuple(path for path in GETS if "none" in path)


def test_lists_name_every_route(app: Flask) -> None:
    """A new route must be added above, or it goes untested."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("privacy.")]
    gets = [rule for rule in rules if "GET" in (rule.methods or ())]
    posts = [rule for rule in rules if "POST" in (rule.methods or ())]
    assert (len(gets), len(posts)) == (len(GETS), len(POSTS))


@pytest.mark.parametrize("path", GETS)
def test_nobody_signed_in_is_led_to_the_sign_in(
    client: FlaskClient, customer: Customer, path: str
) -> None:
    answer = client.get(path.format(id=customer.subject_id))
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("path", POSTS)
def test_nobody_signed_in_changes_nothing(
    client: FlaskClient, customer: Customer, path: str
) -> None:
    assert post_form(client, path.format(id=customer.subject_id)).status_code == 401


def test_every_other_role_is_refused(client: FlaskClient, customer: Customer) -> None:
    """R44: neither staff nor manager nor admin is a privacy officer; a paired screen is none."""
    sign_in(client, "staff", "trained", "manager", "admin")
    pair(client, "tablet")
    for path in GETS:
        assert client.get(path.format(id=customer.subject_id)).status_code == 403, path
    token = {"csrf_token": csrf(client)}
    for path in POSTS:
        answer = client.post(path.format(id=customer.subject_id), data=token)
        assert answer.status_code == 403, path


def test_post_without_a_token_is_refused(officer: FlaskClient, customer: Customer) -> None:
    for path in POSTS:
        answer = officer.post(path.format(id=customer.subject_id))
        assert answer.status_code == 400, path


def test_wrong_method_is_refused(officer: FlaskClient, customer: Customer) -> None:
    token = {"csrf_token": csrf(officer)}
    for path in set(GETS) - set(POSTS):
        answer = officer.post(path.format(id=customer.subject_id), data=token)
        assert answer.status_code == 405, path
    for path in set(POSTS) - set(GETS):
        assert officer.get(path).status_code == 405, path


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there_is_404(officer: FlaskClient, path: str) -> None:
    assert officer.get(path).status_code == 404


def test_unknown_customer_is_404(officer: FlaskClient) -> None:
    for end in ("", "/withdraw", "/erase"):
        assert officer.get(f"/privacy/customers/nobody{end}").status_code == 404
    for end in ("withdraw", "erase"):
        path = f"/privacy/customers/nobody/{end}"
        fields = {"purpose": "recognise", "channel": "shop", "sure": "yes"}
        assert post_form(officer, path, **fields).status_code == 404


@pytest.mark.parametrize("path", GETS)
def test_no_page_is_kept_by_the_browser(
    officer: FlaskClient, customer: Customer, path: str
) -> None:
    answer = officer.get(path.format(id=customer.subject_id))
    assert answer.headers["Cache-Control"] == "no-store"
