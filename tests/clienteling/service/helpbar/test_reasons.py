"""Reasons: what a request was about is counted by month and product, and by nothing else."""

from datetime import date

import pytest

from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.service.helpbar import acts
from clienteling.service.helpbar.kinds import Asked, HelpKind, HelpStatus, NewHelp
from clienteling.service.helpbar.reasons import (
    CommonReason,
    ReasonMonths,
    ReasonProduct,
    add_reason,
    count_reason,
    counted,
    months_until,
    products_named,
    reasons,
    use_reason,
)


def done(shop: Home, reason: str, product: str | None = None) -> str:
    new = NewHelp(HelpKind.RETURN, Asked("It does not fit"))
    request_id = acts.open_request(shop.office, new, actor="user:1")
    acts.close(shop.office, request_id, reason, product, actor="user:1")
    return request_id


def this_month(shop: Home) -> tuple[str, ...]:
    return months_until(shop.office.now().astimezone().date(), 1)


def counts(shop: Home) -> tuple[ReasonMonths, ...]:
    with shop.databases.identity.read() as identity:
        return counted(identity, this_month(shop))


def test_months_go_back_over_the_year() -> None:
    assert months_until(date(2026, 1, 31), 3) == ("2025-11", "2025-12", "2026-01")


def test_each_closing_is_counted_once(shop: Home) -> None:
    request_id = done(shop, "did_not_fit")
    acts.close(shop.office, request_id, "broke", actor="user:1")  # a second tap
    done(shop, "did_not_fit")
    assert counts(shop) == (ReasonMonths("did_not_fit", (2,)),)


def test_what_was_not_solved_after_all_is_not_counted(shop: Home) -> None:
    request_id = done(shop, "broke", "product-1")
    acts.move(shop.office, request_id, HelpStatus.OPEN, actor="user:1")
    assert counts(shop) == ()
    acts.close(shop.office, request_id, "instructions", actor="user:1")
    assert counts(shop) == (ReasonMonths("instructions", (1,)),)


def test_nothing_to_mend_is_no_reason_to_mend(shop: Home) -> None:
    done(shop, CommonReason.NOTHING)
    assert counts(shop) == ()


def test_the_most_frequent_comes_first_month_by_month(shop: Home) -> None:
    months = ("2026-09", "2026-10", "2026-11")
    with shop.databases.identity.write() as identity:
        for month, reason, by in (
            ("2026-09", "broke", 1),
            ("2026-11", "broke", 2),
            ("2026-10", "stock", 4),
            ("2026-08", "late", 9),
        ):
            count_reason(identity, month, reason, None, by)
    with shop.databases.identity.read() as identity:
        assert counted(identity, months) == (
            ReasonMonths("stock", (0, 4, 0)),
            ReasonMonths("broke", (1, 0, 2)),
        )


def test_products_are_named_with_their_reason(shop: Home) -> None:
    for product in ("product-1", "product-1", None, "product-2"):
        done(shop, "broke", product)
    with shop.databases.identity.read() as identity:
        assert products_named(identity, this_month(shop)) == (
            ReasonProduct("broke", "product-1", 2),
            ReasonProduct("broke", "product-2", 1),
        )
    assert counts(shop) == (ReasonMonths("broke", (4,)),)


def test_an_unknown_reason_closes_nothing(shop: Home) -> None:
    with pytest.raises(UsageError, match="what it was about"):
        done(shop, "whatever")


def test_a_manager_adds_and_puts_away(shop: Home) -> None:
    with shop.databases.identity.write() as identity:
        mine = add_reason(identity, "  Lamp   too bright ")
        use_reason(identity, "late", active=False)
    with shop.databases.identity.read() as identity:
        known = {reason.id: reason for reason in reasons(identity)}
    assert (known[mine].label, known[mine].active) == ("Lamp too bright", True)
    assert not known["late"].active
    done(shop, mine)
    with pytest.raises(UsageError):
        done(shop, "late")
    with shop.databases.identity.write() as identity:
        use_reason(identity, "late", active=True)
    done(shop, "late")


@pytest.mark.parametrize("label", ["", "   ", "x" * 61])
def test_a_reason_has_a_few_words(shop: Home, label: str) -> None:
    with shop.databases.identity.write() as identity, pytest.raises(UsageError, match="few words"):
        add_reason(identity, label)


def test_the_same_reason_twice_is_refused_and_one_must_stay(shop: Home) -> None:
    with shop.databases.identity.write() as identity:
        add_reason(identity, "Lamp")
        with pytest.raises(UsageError, match="there already"):
            add_reason(identity, "lamp")
        known = reasons(identity)
        for reason in known[1:]:
            use_reason(identity, reason.id, active=False)
        with pytest.raises(UsageError, match="at least one"):
            use_reason(identity, known[0].id, active=False)
        with pytest.raises(UsageError, match="no such"):
            use_reason(identity, "whatever", active=True)
