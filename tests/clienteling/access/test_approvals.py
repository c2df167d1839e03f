"""What needs two persons: proposing, deciding, using once, and what no one person can do."""

import pytest

from clienteling.access.approvals import (
    VALID,
    ApprovalNeededError,
    Matter,
    Proposal,
    approved,
    decide,
    proposals,
    require,
)
from clienteling.access.users import RoleName
from clienteling.errors import RefusedError, UsageError
from clienteling.home import Home
from consent.log.events import EventKind
from consent.office import erase
from tests.support.people import join
from tests.support.shops import logged
from tests.support.web import ShopClock, add_person

OFFICER = (RoleName.OFFICER,)
MANAGER = (RoleName.MANAGER,)
WHAT = "rotate-store"


def ask(shop: Home, actor: str = "command", *, once: bool = True) -> str:
    """Propose; returns the number."""
    with pytest.raises(ApprovalNeededError) as refusal:
        require(shop.office, Matter.KEYS, WHAT, actor=actor, once=once)
    return refusal.value.proposal_id


def say(shop: Home, number: str, *, approve: bool = True, actor: str = "user:9") -> Proposal:
    return decide(shop.office, number, approve=approve, actor=actor, roles=OFFICER)


def test_the_first_call_proposes_and_a_second_person_lets_it_through_once(shop: Home) -> None:
    number = ask(shop)
    assert ask(shop) == number, "asking again makes no second proposal"

    say(shop, number)
    require(shop.office, Matter.KEYS, WHAT, actor="command")

    assert ask(shop) != number, "an approval serves one time"
    kinds = [entry.kind for entry in logged(shop.office) if entry.kind.startswith("approval.")]
    assert sorted(kinds) == sorted(
        [
            EventKind.APPROVAL_ASKED,
            EventKind.APPROVAL_GIVEN,
            EventKind.APPROVAL_USED,
            EventKind.APPROVAL_ASKED,
        ]
    )


def test_an_approval_is_for_exactly_that_by_exactly_them(shop: Home) -> None:
    say(shop, ask(shop))

    for matter, what, actor in (
        (Matter.KEYS, "rotate-root", "command"),
        (Matter.EXPORT, WHAT, "command"),
        (Matter.KEYS, WHAT, "user:3"),
    ):
        with pytest.raises(ApprovalNeededError):
            require(shop.office, matter, what, actor=actor)


def test_nobody_decides_on_what_they_proposed(shop: Home) -> None:
    number = ask(shop, "user:9")
    with pytest.raises(RefusedError, match="another person"):
        say(shop, number, actor="user:9")


def test_one_of_the_two_is_the_officer(shop: Home) -> None:
    number = ask(shop)
    with pytest.raises(RefusedError, match="privacy officer"):
        decide(shop.office, number, approve=True, actor="user:9", roles=MANAGER)

    add_person(shop, "officer")
    proposed_by_officer = ask(shop, "user:1")
    done = decide(shop.office, proposed_by_officer, approve=True, actor="user:9", roles=MANAGER)
    assert done.approved


def test_refused_is_refused_and_decided_once(shop: Home) -> None:
    number = ask(shop)
    say(shop, number, approve=False)

    with pytest.raises(UsageError, match="decided already"):
        say(shop, number)
    assert ask(shop) != number


def test_what_waits_too_long_is_void(shop: Home, shop_clock: ShopClock) -> None:
    waiting, given = ask(shop, "user:3"), ask(shop)
    say(shop, given)
    shop_clock.forward(VALID.total_seconds() + 1)

    with pytest.raises(UsageError, match="void"):
        say(shop, waiting)
    assert ask(shop) != given, "an approval that was not used in time"
    with shop.databases.identity.read() as identity:
        states = {one.id: one.standing for one in proposals(identity, shop.office)}
    assert not states[waiting]
    assert not states[given]


def test_what_is_checked_at_every_start_is_approved_for_good(
    shop: Home, shop_clock: ShopClock
) -> None:
    say(shop, ask(shop, once=False))
    shop_clock.forward(VALID.total_seconds() * 60)

    require(shop.office, Matter.KEYS, WHAT, actor="command", once=False)
    require(shop.office, Matter.KEYS, WHAT, actor="command", once=False)
    with shop.databases.identity.read() as identity:
        assert approved(identity, Matter.KEYS) == (WHAT,)


def test_a_proposal_about_a_customer_goes_with_the_customer(shop: Home) -> None:
    customer = join(shop)
    with pytest.raises(ApprovalNeededError):
        require(
            shop.office,
            Matter.EXPORT,
            f"customer {customer.subject_id}",
            actor="user:3",
            about=customer.subject_id,
        )
    erase(shop.office, customer.subject_id, actor="command", method="command line")
    with shop.databases.identity.read() as identity:
        assert proposals(identity, shop.office) == ()
