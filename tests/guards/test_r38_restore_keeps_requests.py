"""R38, GDPR 12(3): a request since the backup is there when it is put back, with its month."""

from dataclasses import replace
from pathlib import Path

import pytest

from clienteling.backups.making import make_backup
from clienteling.backups.restoring import Wanted, restore
from clienteling.home import Home, open_home
from consent.endings import ENDINGS
from consent.log.verification import verify
from consent.office import erase
from consent.rights.request_acts import Answer, Received, Texts, answer, receive, texts_of
from consent.rights.requests import (
    Channel,
    Identity,
    Outcome,
    RequestKind,
    closed_requests,
    open_requests,
)
from tests.support.people import join
from tests.support.web import ShopClock

WHO = "user:1"
DONE = Answer(Outcome.DONE, Channel.LETTER, "Hierbij een afschrift")


def asked(shop: Home, subject_id: str | None, kind: RequestKind, text: str = "Woorden") -> str:
    received = Received(kind, Channel.LETTER, subject_id, Identity.DOCUMENT, text)
    return receive(shop.office, received, actor=WHO).id


def test_r38_what_came_in_and_what_was_answered_since_is_put_back(
    shop: Home, shop_clock: ShopClock, tmp_path: Path
) -> None:
    """Open ones wait with their month as it was, answered ones are answered; words are gone."""
    customer = join(shop).subject_id
    before = asked(shop, customer, RequestKind.ACCESS)
    backup = make_backup(shop, tmp_path / "data", tmp_path / "keys")
    shop_clock.forward(86_400)
    answer(shop.office, before, DONE, actor=WHO)
    fresh = asked(shop, customer, RequestKind.CORRECTION)
    answer(shop.office, fresh, DONE, actor=WHO)
    waiting = asked(shop, None, RequestKind.COMPLAINT)
    now = shop.office.now()
    with shop.databases.identity.read() as identity:
        was_open = open_requests(identity, now)
        was_closed = closed_requests(identity, now, 10)
    joined_since = join(shop).subject_id
    asked(shop, joined_since, RequestKind.ACCESS)
    shop.databases.close()

    done = restore(Wanted(backup.data, backup.keys, shop.path, replace=True), now=shop_clock)

    home = open_home(shop.path, now=shop_clock)
    with home.databases.identity.read() as identity:
        closed = {one.id: one for one in closed_requests(identity, now, 10)}
        (still,) = open_requests(identity, now)
        assert verify(identity, home.office.ring.log_public).ok
    assert done.replayed.requests == 3
    assert (still.id, still.due_on, still.kind) == (waiting, was_open[0].due_on, still.kind)
    assert closed.keys() == {before, fresh} == {one.id for one in was_closed}
    for one in was_closed:
        back = closed[one.id]
        assert (back.outcome, back.closed_at, back.reply_by, back.received_at) == (
            one.outcome,
            one.closed_at,
            one.reply_by,
            one.received_at,
        )
    assert texts_of(home.office, closed[before]).text == "Woorden"
    assert texts_of(home.office, closed[fresh]) == Texts()
    home.databases.close()


def test_r38_the_request_of_who_was_erased_since_stays_as_proof(
    shop: Home, shop_clock: ShopClock, tmp_path: Path
) -> None:
    customer = join(shop).subject_id
    backup = make_backup(shop, tmp_path / "data", tmp_path / "keys")
    request = asked(shop, customer, RequestKind.ERASURE)
    erase(shop.office, customer, actor=WHO, method="asked by letter")
    answer(shop.office, request, Answer(Outcome.DONE, Channel.LETTER), actor=WHO)
    shop.databases.close()
    done = restore(Wanted(backup.data, backup.keys, shop.path, replace=True), now=shop_clock)
    home = open_home(shop.path, now=shop_clock)
    with home.databases.identity.read() as identity:
        assert [one.id for one in closed_requests(identity, shop_clock(), 10)] == [request]
    assert (done.replayed.erasures, done.replayed.requests) == (1, 1)
    home.databases.close()


def test_r38_nothing_of_what_was_written_stands_in_that_file(shop: Home) -> None:
    customer = join(shop).subject_id
    answer(
        shop.office, asked(shop, customer, RequestKind.ACCESS, "Zoethoutmarker"), DONE, actor=WHO
    )
    lines = (shop.path / ENDINGS).read_text(encoding="utf-8")
    assert lines.count('"request"') == lines.count('"answer"') == 1
    assert "Zoethoutmarker" not in lines
    assert "Hierbij" not in lines


def test_r38_what_cannot_be_noted_is_not_taken_in(shop: Home) -> None:
    """The note comes first: no request is confirmed that an older copy would forget."""
    customer = join(shop).subject_id

    def full(_ended: object) -> None:
        raise OSError("disk full")

    received = Received(RequestKind.ACCESS, Channel.LETTER, customer)
    with pytest.raises(OSError, match="disk full"):
        receive(replace(shop.office, note_ending=full), received, actor=WHO)
    with shop.databases.identity.read() as identity:
        assert open_requests(identity, shop.office.now()) == ()
