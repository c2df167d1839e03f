"""R35: the tablet gets the least there is to show, keeps none of it, and clears itself.

tests/browser/test_staff.py looks into the storage of a real browser; here is what makes it empty.
"""

import re
from pathlib import Path

from flask.testing import FlaskClient

from clienteling.customers.lists import put_on
from clienteling.customers.profile import Account, stated, write
from clienteling.home import Home
from clienteling.service.openings import Reason
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.arrivals import arrive
from tests.support.people import EVERYTHING, join
from tests.support.web import pair, post_json, sign_in
from web.context import Hub

_SCRIPTS = Path(__file__).parents[2] / "web" / "static"

#: Every way for a page to leave something in the browser.
_KEEPING = re.compile(
    r"localStorage|sessionStorage|indexedDB|\bcaches\b|serviceWorker|document\.cookie"
    r"|navigator\.storage|showSaveFilePicker"
)


def test_no_script_of_any_page_can_keep_anything() -> None:
    scripts = sorted(_SCRIPTS.rglob("*.js"))
    assert any(script.parent.name == "staff" for script in scripts)
    for script in scripts:
        code = re.sub(
            r"//[^\n]*|/\*.*?\*/", "", script.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        assert _KEEPING.search(code) is None, script.name


def test_every_answer_to_the_tablet_says_no_store(
    client: FlaskClient, hub: Hub, shop: Home
) -> None:
    arrival = arrive(hub, join(shop))
    pair(client, "tablet")
    sign_in(client, "trained")
    for path in ("/staff", "/staff/arrivals", f"/staff/arrivals/{arrival.id}/card"):
        assert client.get(path).headers["Cache-Control"] == "no-store", path
    stream = client.get("/staff/events", buffered=False)
    assert stream.headers["Cache-Control"] == "no-store"
    stream.close()


def test_a_card_carries_no_more_than_is_shown(client: FlaskClient, hub: Hub, shop: Home) -> None:
    customer = join(shop, name="Robin Marker", purposes=EVERYTHING | {Purpose.VISITS})
    arrival = arrive(hub, customer)
    pair(client, "tablet")
    sign_in(client, "trained")
    card = client.get(f"/staff/arrivals/{arrival.id}/card").text
    assert "Robin Marker" in card
    for hidden in (customer.subject_id, customer.alias, customer.code, "@", "score"):
        assert hidden not in card


def test_a_customers_page_is_kept_nowhere_and_tells_no_number(
    client: FlaskClient, hub: Hub, shop: Home
) -> None:
    customer = join(shop, name="Robin Marker", purposes=EVERYTHING | {Purpose.VISITS})
    put_on(hub.office, customer.subject_id, "call", actor="user:1", for_all=True)
    with hub.databases.identity.read() as identity:
        grant = require_grant(identity, customer.subject_id, Purpose.ACCOUNT, hub.now())
    write(hub.office, grant, stated(Account, name="Robin Marker", email="robin@example.test"))
    pair(client, "tablet")
    sign_in(client, "trained")
    page = f"/staff/customers/{hub.openings.open('user:1', customer.subject_id, Reason.LIST)}"
    for path in (page, "/staff/lists"):
        shown = client.get(path)
        assert "Robin Marker" in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
        for hidden in (customer.subject_id, customer.alias, customer.code, "robin@example", "ilk"):
            assert hidden not in shown.text + path
    told = post_json(client, f"{page}/contact")
    assert (told.json, told.headers["Cache-Control"]) == (
        {"contact": ["robin@example.test"]},
        "no-store",
    )


def test_every_page_about_a_customer_clears_itself() -> None:
    """A page that shows a name has what covers it, and the script that empties it."""
    templates = _SCRIPTS.parent / "templates" / "staff"
    for name in ("customer.html", "lists.html"):
        text = (templates / name).read_text(encoding="utf-8")
        assert 'id="personal"' in text
        assert '"staff/rest.html"' in text
        assert "staff/customer.js" in text
    code = (_SCRIPTS / "staff" / "customer.js").read_text(encoding="utf-8")
    assert "personal.replaceChildren()" in code


def test_the_screen_clears_after_at_most_two_minutes() -> None:
    code = (_SCRIPTS / "staff" / "rest.js").read_text(encoding="utf-8")
    found = re.search(r"const IDLE = ([\d_]+);", code)
    assert found is not None
    assert int(found[1].replace("_", "")) <= 120_000
