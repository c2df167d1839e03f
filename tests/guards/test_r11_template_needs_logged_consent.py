"""R11: no template without a consent that was logged before it, wherever the process dies."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from clienteling.customers import templates
from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.home import Home
from consent.keystore.seals import seal_for
from consent.leaving import Ending, end
from consent.log.events import EventKind
from consent.models import ConsentRow
from consent.office import resume
from consent.purposes import Purpose
from consent.recording import Act
from consent.records import Grant
from tests.support.mortal import Died, dying_after
from tests.support.people import join
from tests.support.shops import logged
from tests.support.web import ShopClock


def owners(home: Home) -> dict[str, ConsentRow]:
    """For each stored template, the consent record that its alias names. Fails on an orphan."""
    with home.databases.templates.read() as templates:
        aliases = templates.scalars(select(TemplateRow.alias)).all()
    with home.databases.identity.read() as identity:
        named = {row.alias: row.consent_id for row in identity.scalars(select(AliasRow))}
        records = {row.record_id: row for row in identity.scalars(select(ConsentRow))}
    return {alias: records[named[alias]] for alias in aliases}


def check(home: Home) -> None:
    given = {entry.leaf_index: entry for entry in logged(home.office, EventKind.CONSENT_GIVEN)}
    for record in owners(home).values():
        assert (record.purpose, record.state) == ("recognise", "given")
        assert given[record.leaf_index].about == record.subject_id
        assert given[record.leaf_index].at == record.event_time


def test_wherever_an_enrolment_dies_no_template_is_an_orphan(
    shop: Home, shop_clock: ShopClock
) -> None:
    lasting = None
    for writes in count():
        try:
            lasting = join(dying_after(shop, writes))
        except Died:
            check(shop)
        else:
            break
    assert lasting is not None
    assert writes >= 8, "the enrolment has fewer transactions than it had: is it still killed?"

    shop_clock.forward(16 * 60)
    resume(shop.office)

    check(shop)
    made = {
        entry.detail["alias"]
        for entry in logged(shop.office, EventKind.TEMPLATE_MADE)
        if entry.detail is not None
    }
    assert owners(shop).keys() == made == {lasting.alias}


def test_the_check_sees_an_orphan(shop: Home) -> None:
    with shop.databases.templates.write() as templates:
        templates.add(TemplateRow(alias="x", model_id="m", sealed=b"", made_at=""))

    with pytest.raises(KeyError):
        check(shop)


def test_a_template_that_comes_after_its_consent_ended_is_erased_again(
    shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The customer withdraws in the moment between sealing the template and storing it."""

    def seal_and_withdraw(keys: Any, ring: Any, grant: Grant, *rest: Any) -> bytes:
        sealed = seal_for(keys, ring, grant, *rest)
        with shop.databases.identity.write() as identity:
            act = Act(actor="c", method="c", notice=None)
            asked = frozenset({Purpose.RECOGNISE})
            endings.append(end(identity, shop.office, grant.subject_id, asked, act))
        return sealed

    endings: list[Ending] = []
    monkeypatch.setattr(templates, "seal_for", seal_and_withdraw)
    join(shop)
    (ending,) = endings
    assert ending.purposes == (Purpose.RECOGNISE,)
    assert owners(shop) == {}
