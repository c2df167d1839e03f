"""The manager's page "what to mend"."""

from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.helpbar.reasons import count_reason, months_until, reasons
from tests.support.web import post_form


def count(shop: Home, reason: str, by: int) -> None:
    (month,) = months_until(shop.office.now().astimezone().date(), 1)
    with shop.databases.identity.write() as identity:
        count_reason(identity, month, reason, None, by)


def test_it_begins_empty_and_says_how_it_fills(manager: FlaskClient) -> None:
    page = manager.get("/manage/reasons").text
    assert "Nothing was counted" in page
    assert "<figure" not in page


def test_reasons_are_drawn_and_said(manager: FlaskClient, shop: Home) -> None:
    count(shop, "broke", 7)
    count(shop, "stock", 3)
    page = manager.get("/manage/reasons").text
    assert page.count("<figure") == 2
    assert "Broke, 7 times; the month before 0." in page
    assert "In twelve months: Broke 7, Not in stock 3." in page
    manager.environ_base["HTTP_ACCEPT_LANGUAGE"] = "nl"
    assert "Ging kapot, 7 keer" in manager.get("/manage/reasons").text


def test_a_manager_adds_and_puts_away(manager: FlaskClient, shop: Home) -> None:
    assert post_form(manager, "/manage/reasons", label="Lamp too bright").status_code == 303
    again = post_form(manager, "/manage/reasons", label="lamp too bright")
    assert again.status_code == 400
    assert "there already" in again.text
    assert post_form(manager, "/manage/reasons/late/rest").status_code == 303
    assert post_form(manager, "/manage/reasons/nothing-known/rest").status_code == 400
    with shop.databases.identity.read() as identity:
        known = {reason.id: reason for reason in reasons(identity)}
    assert not known["late"].active
    assert "Lamp too bright" in {reason.label for reason in known.values()}
    assert post_form(manager, "/manage/reasons/late/use").status_code == 303
    assert manager.get("/manage/reasons/late/use").status_code == 405
