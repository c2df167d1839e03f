"""R11, R12, R49: wherever granting, withdrawing or erasing dies, one of two ends stands afterwards.

The process dies at every statement that writes, at every commit, and after every named step; then
the worker resumes. What is neither "nothing happened" nor "it is done" fails here.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import count

import pytest

from clienteling.customers.overview import overview
from clienteling.home import Home
from consent import records
from consent.errors import ConsentError
from consent.log.verification import verify
from consent.models import DataKeyRow
from consent.notices import Notices
from consent.office import Statement, change, erase, open_enrolment, resume, withdraw
from consent.purposes import Purpose
from tests.support.mortal import Died, dying_after_step, dying_at, with_pragma
from tests.support.people import EVERYTHING, Customer, join
from tests.support.retention import sweep
from tests.support.web import ShopClock

STATEMENT = Statement("en", Notices("eu").current_version, "kiosk", "device:test", None, True, True)
PREFERENCES = frozenset({Purpose.PREFERENCES})
#: Leaving has the most points, and is tried in so many parts.
SHARES = 4


@pytest.fixture(autouse=True)
def _quick(shop: Home) -> Iterator[None]:
    """Nothing is waited for until it is on the disk: the process dies here, and not the machine."""
    with ExitStack() as stack:
        if not shop.databases.identity.kind.served:
            for database in (
                shop.databases.identity,
                shop.databases.templates,
                shop.databases.keys,
            ):
                stack.enter_context(with_pragma(database, "synchronous=OFF"))
        yield


def standing(home: Home, subject_id: str) -> frozenset[Purpose]:
    with home.databases.identity.read() as identity:
        return frozenset(records.standing(identity, subject_id, home.office.now()))


def keys_of(home: Home, subject_id: str) -> frozenset[Purpose]:
    with home.databases.keys.read() as keys:
        rows = keys.query(DataKeyRow).filter_by(subject_id=subject_id)
        return frozenset(Purpose(row.purpose) for row in rows)


def subjects(home: Home) -> set[str]:
    with home.databases.identity.read() as identity:
        return {subject for subject, _ in records.given(identity)}


def deaths(
    home: Home, act: Callable[[Home], object], first: int = 0, every: int = 1
) -> Iterator[bool]:
    """Let an act die at every point there is; yields after each death and once after the whole.

    `first` and `every` take a share of the points, so that several processes try them together.
    """
    for step in count(first, every):
        died = True
        with suppress(Died):
            act(dying_after_step(home, step))
            died = False
        yield died
        if not died:
            break
    for point in count(first, every):
        died = True
        with dying_at(home, point), suppress(Died):
            act(home)
            died = False
        yield died
        if not died:
            return


def holds(home: Home) -> bool:
    with home.databases.identity.read() as identity:
        return verify(identity, home.office.ring.log_public).ok


def test_granting_ends_with_all_its_keys_or_with_nothing(
    shop: Home, shop_clock: ShopClock, record_property: Callable[[str, object], None]
) -> None:
    choices = dict.fromkeys(PREFERENCES, True)
    before, points = subjects(shop), 0
    for died in deaths(shop, lambda home: open_enrolment(home.office, STATEMENT, choices)):
        points += died
        resume(shop.office)
        now = subjects(shop)
        assert len(now - before) <= 1, "one act made two customers"
        for subject in now - before:
            assert keys_of(shop, subject) == standing(shop, subject) == PREFERENCES | {"account"}
        assert died or now - before
        before = now
    with shop.databases.keys.read() as keys:
        assert {row.subject_id for row in keys.query(DataKeyRow)} == before, "an orphan key"
    assert holds(shop)
    assert points >= 25, "granting has fewer points than it had: is it still killed?"
    record_property("fault_injection_points", points)


def test_granting_one_more_purpose_ends_with_its_key_or_without_the_consent(
    shop: Home, record_property: Callable[[str, object], None]
) -> None:
    points, customers = 0, [join(shop, purposes=PREFERENCES)]

    def grant(home: Home) -> None:
        if Purpose.ALLERGIES in standing(home, customers[-1].subject_id):
            customers.append(join(shop, purposes=PREFERENCES))
        change(home.office, customers[-1].subject_id, STATEMENT, {Purpose.ALLERGIES: True})

    for died in deaths(shop, grant):
        points += died
        resume(shop.office)
        subject = customers[-1].subject_id
        assert keys_of(shop, subject) == standing(shop, subject)
    assert holds(shop)
    assert points >= 15, "granting has fewer points than it had: is it still killed?"
    record_property("fault_injection_points", points)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("act", ["withdraw", "erase"])
def test_leaving_ends_with_nothing_left_or_with_everything_as_it_was(
    shop: Home, act: str, share: int, record_property: Callable[[str, object], None]
) -> None:
    customer = join(shop)
    points, left = 0, 0

    def leave(home: Home) -> None:
        subject = customer.subject_id
        if act == "erase":
            erase(home.office, subject, actor="device:k", method="kiosk")
        else:
            withdraw(home.office, subject, None, actor="device:k", method="kiosk")

    for died in deaths(shop, leave, share, SHARES):
        points += died
        resume(shop.office)
        if is_as_it_was(shop, customer):
            assert died
            continue
        left += 1
        assert is_gone(shop, customer, everything=act == "erase")
        customer = join(shop)
    assert holds(shop)
    assert left
    assert points >= 30 // SHARES, f"{act} has fewer points than it had: is it still killed?"
    record_property("fault_injection_points", points)


def is_as_it_was(home: Home, customer: Customer) -> bool:
    if standing(home, customer.subject_id) != EVERYTHING | {Purpose.ACCOUNT}:
        return False
    shown = overview(home.office, customer.subject_id, reader="command")
    assert shown.allergies is not None
    assert shown.templates == 1
    return keys_of(home, customer.subject_id) == EVERYTHING | {Purpose.ACCOUNT}


def is_gone(home: Home, customer: Customer, *, everything: bool) -> bool:
    kept = frozenset() if everything else frozenset({Purpose.ACCOUNT})
    if everything:
        with pytest.raises(ConsentError):
            overview(home.office, customer.subject_id, reader="command")
    assert sweep(home.office) == 0, "something was left that no consent accounts for"
    return standing(home, customer.subject_id) == keys_of(home, customer.subject_id) == kept
