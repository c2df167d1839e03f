"""The sweeper removes what nothing accounts for, and nothing else."""

from collections.abc import Callable

import numpy as np
from sqlalchemy import func, select

from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.home import Home
from consent.clock import stamp
from consent.models import FlowRow
from consent.office import withdraw
from consent.purposes import Purpose
from consent.records import Grant
from tests.support.people import MODEL_ID, join
from tests.support.retention import sweep

GrantOf = Callable[[str, Purpose], Grant]


def _count(shop: Home) -> tuple[int, int]:
    with shop.databases.identity.read() as identity:
        aliases = identity.scalar(select(func.count()).select_from(AliasRow)) or 0
    with shop.databases.templates.read() as templates:
        return aliases, templates.scalar(select(func.count()).select_from(TemplateRow)) or 0


def test_what_stands_is_left_alone(shop: Home) -> None:
    join(shop)
    assert sweep(shop.office) == 0
    assert _count(shop) == (1, 1)


def test_a_template_stored_while_its_consent_ended_is_removed(shop: Home) -> None:
    """As after a crash between storing it and closing the enrolment."""
    customer = join(shop)
    withdraw(shop.office, customer.subject_id, None, actor="command", method="command")
    now = stamp(shop.office.now())
    with shop.databases.identity.write() as identity:
        identity.add(
            AliasRow(
                alias="late",
                subject_id=customer.subject_id,
                consent_id="gone",
                model_id=MODEL_ID,
                images=1,
                made_at=now,
            )
        )
    with shop.databases.templates.write() as templates:
        templates.add(TemplateRow(alias="late", model_id=MODEL_ID, sealed=b"x", made_at=now))
    assert sweep(shop.office) == 1
    assert _count(shop) == (0, 0)


def test_a_template_without_an_alias_is_removed(shop: Home) -> None:
    now = stamp(shop.office.now())
    with shop.databases.templates.write() as templates:
        templates.add(
            TemplateRow(alias="lost", model_id=MODEL_ID, sealed=bytes(np.zeros(4)), made_at=now)
        )
    assert sweep(shop.office) == 1
    assert _count(shop) == (0, 0)


def test_an_open_flow_is_not_disturbed(shop: Home) -> None:
    """Its own steps carry on; the sweeper keeps its hands off."""
    customer = join(shop)
    withdraw(shop.office, customer.subject_id, None, actor="command", method="command")
    with shop.databases.identity.write() as identity:
        identity.add(
            AliasRow(
                alias="busy",
                subject_id=customer.subject_id,
                consent_id="gone",
                model_id=MODEL_ID,
                images=1,
                made_at=stamp(shop.office.now()),
            )
        )
        for flow in identity.scalars(select(FlowRow)):
            flow.closed_at = None
    assert sweep(shop.office) == 0
