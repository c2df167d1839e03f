"""Visits: kept for whoever chose it, one an arrival, sealed, gone with the purpose (R36)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from clienteling.customers.models import VisitRow
from clienteling.customers.visits import note_visit
from clienteling.home import Home
from consent.keystore.keys import destroy_data_keys
from consent.keystore.seals import unseal_for
from consent.office import Office, withdraw
from consent.purposes import Purpose
from consent.records import Grant
from tests.support.people import EVERYTHING, join
from tests.support.retention import sweep

GrantOf = Callable[[str, Purpose], Grant]
WITH_VISITS = EVERYTHING | {Purpose.VISITS}


def visits(shop: Home) -> list[VisitRow]:
    with shop.databases.identity.read() as identity:
        return list(identity.scalars(select(VisitRow)))


def test_a_visit_is_kept_sealed_for_whoever_chose_it(shop: Home, grant_of: GrantOf) -> None:
    customer = join(shop, purposes=WITH_VISITS)

    assert note_visit(shop.office, customer.subject_id, "entrance", arrival_id="a1")

    [row] = visits(shop)
    assert b"entrance" not in row.sealed
    grant = grant_of(customer.subject_id, Purpose.VISITS)
    with shop.databases.keys.read() as keys:
        content = unseal_for(keys, shop.office.ring, grant, row.sealed, shop.office.binding(grant))
    assert json.loads(content)["camera"] == "entrance"


def test_an_arrival_is_one_visit_however_often_it_is_confirmed(shop: Home) -> None:
    customer = join(shop, purposes=WITH_VISITS)

    for _ in range(3):
        assert note_visit(shop.office, customer.subject_id, "entrance", arrival_id="a1")

    assert len(visits(shop)) == 1


def test_without_a_key_no_visit_is_kept(shop: Home) -> None:
    customer = join(shop, purposes=WITH_VISITS)
    with shop.databases.keys.write() as keys:
        destroy_data_keys(keys, customer.subject_id, [Purpose.VISITS])

    assert not note_visit(shop.office, customer.subject_id, "entrance", arrival_id="a1")
    assert visits(shop) == []


def test_withdrawing_the_purpose_removes_its_visits_only(shop: Home) -> None:
    leaving, staying = join(shop, purposes=WITH_VISITS), join(shop, purposes=WITH_VISITS)
    for number, customer in enumerate((leaving, staying)):
        note_visit(shop.office, customer.subject_id, "entrance", arrival_id=f"a{number}")

    withdraw(shop.office, leaving.subject_id, [Purpose.VISITS], actor="c", method="c")

    assert [row.subject_id for row in visits(shop)] == [staying.subject_id]
    assert not note_visit(shop.office, leaving.subject_id, "entrance", arrival_id="a9")


def test_a_visit_is_forgotten_after_ninety_days(shop: Home) -> None:
    """What the notice promises, kept by the sweeper."""
    subject_id = join(shop, purposes=WITH_VISITS).subject_id
    assert note_visit(shop.office, subject_id, "entrance", arrival_id="a")

    def after(days: int) -> Office:
        return replace(shop.office, now=lambda: shop.office.now() + timedelta(days))

    assert sweep(after(89)) == 0
    assert sweep(after(90)) == 1
    assert visits(shop) == []
