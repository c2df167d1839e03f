"""The officer's page of retention: what is due, run now, what the last run did."""

from flask.testing import FlaskClient

from clienteling.customers.visits import note_visit
from clienteling.home import Home
from clienteling.retention.rules import RULES
from consent.purposes import Purpose
from tests.support.people import EVERYTHING, join
from tests.support.web import ShopClock, post_form, sign_in
from web.public.policy import rule_word

DAY = 86_400.0


def test_run_now_does_what_is_due(client: FlaskClient, shop: Home, shop_clock: ShopClock) -> None:
    subject_id = join(shop, purposes=EVERYTHING | {Purpose.VISITS}).subject_id
    note_visit(shop.office, subject_id, "door", arrival_id="a")
    shop_clock.forward(100 * DAY)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "officer")
    page = client.get("/privacy/retention").text
    assert "never ran" in page
    assert "within the hour" in page
    done = post_form(client, "/privacy/retention/run")
    assert done.status_code == 303
    page = client.get(done.location).text
    assert "never ran" not in page
    assert "within the hour" not in page
    assert "Cases removed" in page


def test_it_counts_who_can_renew(client: FlaskClient, shop: Home, shop_clock: ShopClock) -> None:
    join(shop)
    shop_clock.forward(340 * DAY)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "officer")
    assert "Customers who can renew a consent now: 1" in client.get("/privacy/retention").text


def test_staff_may_not_see_it(client: FlaskClient) -> None:
    sign_in(client, "trained")
    assert client.get("/privacy/retention").status_code == 403


def test_every_rule_has_its_words(client: FlaskClient) -> None:
    with client.application.test_request_context():
        for rule in RULES:
            assert rule_word(rule.name) != rule.name
