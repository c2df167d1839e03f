"""Making one account of two of the same person: what both consents allow moves, the rest ends.

    1 logged     that it begins, on the account that stays
    2 contacts   those that the account that stays lacks
    3 told       tastes and allergies, of purposes that both gave
    4 kept       records, visits and service requests, of purposes that both gave, under the same
                 numbers
    5 erased     the other account, as any erasure, with its receipt

A face template, a pass and a release never move: they belong to the consent that they were made
under. Nor does a receipt: its code ends with its account, and those of the account that stays go
on. Each step may be repeated: who finds a merge unfinished does it again, and what was moved is
moved once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from clienteling.customers.models import LookupRow, RecordRow, VisitRow
from clienteling.customers.profile import (
    Account,
    Allergies,
    Preferences,
    put,
    read,
    seal_section,
    write,
)
from clienteling.customers.records import move_records
from clienteling.customers.visits import move_visits
from clienteling.errors import RefusedError, UsageError
from clienteling.service.helpbar.forgetting import carry_over
from clienteling.service.models import HelpRequestRow
from consent.canonical import JSON
from consent.errors import SubjectUnknownError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.models import SubjectRow
from consent.office import Office, Withdrawal, erase
from consent.purposes import Purpose
from consent.records import Grant, is_restricted, standing
from consent.rights.requests import requests_of

Grants = Mapping[Purpose, Grant]

_MOST_LIKES = 12
_MOST_OWN_WORDS = 5


class Problem(StrEnum):
    """What must be settled before two accounts are merged, as a sentence."""

    REQUEST = "A request of the account that goes is open: answer it first."
    WORDS = (
        "Together the two tell more than five allergies in their own words. Let the customer "
        "correct one first."
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two accounts, as a manager sees it; allergies are never shown."""

    subject_id: str
    account: Account = field(repr=False)
    joined: str
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging will do.

    Attributes:
        carried: How many records, visits and service requests move, by purpose.
        lost: How many end with the other account: its purpose is not given to the one that stays.
        ends: Purposes whose data ends for that reason.
        problems: Why it cannot be done now; empty: it can.
    """

    keep: Side
    go: Side
    carried: Mapping[Purpose, int]
    lost: Mapping[Purpose, int]
    ends: tuple[Purpose, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What was done."""

    customer: str
    moved: int
    erased: Withdrawal


def preview(office: Office, keep: str, go: str, *, reader: str) -> Preview:
    """Say what merging will do, before it is done; that both were read is logged.

    Raises:
        UsageError: the two are one.
        SubjectUnknownError: one of them never joined, was erased, or is restricted.
    """
    kept, gone = _both(office, keep, go)
    with office.databases.identity.write() as identity:
        for who in (keep, go):
            _log(identity, office, EventKind.PROFILE_READ, who, reader, {"what": "merging"})
        numbers = _numbers(identity, go)
        sides = [_side(office, identity, who, grants) for who, grants in ((keep, kept), (go, gone))]
        problems = _problems(office, identity, go)
    problems += _differences(office, kept, gone)
    return Preview(
        keep=sides[0],
        go=sides[1],
        carried={purpose: n for purpose, n in numbers.items() if purpose in kept},
        lost={purpose: n for purpose, n in numbers.items() if purpose not in kept},
        ends=tuple(purpose for purpose in gone if purpose not in kept),
        problems=tuple(problems),
    )


def merge(office: Office, keep: str, go: str, *, actor: str) -> Merged:
    """Move what both consents allow from `go` to `keep`, then erase `go`.

    Raises:
        UsageError, SubjectUnknownError: as `preview`.
        RefusedError: something must be settled first; nothing was done.
        ConsentMissingError: a consent ended meanwhile; doing it again goes on.
    """
    kept, gone = _both(office, keep, go)
    with office.databases.identity.write() as identity:
        problems = _problems(office, identity, go) + _differences(office, kept, gone)
        if problems:
            raise RefusedError(" ".join(problems))
        detail: dict[str, JSON] = {"purposes": sorted(p.value for p in gone if p in kept)}
        _log(identity, office, EventKind.CUSTOMERS_MERGED, keep, actor, detail)
    office.after_step("merge logged")
    _carry_account(office, kept[Purpose.ACCOUNT], gone[Purpose.ACCOUNT])
    office.after_step("merge contacts")
    _carry_told(office, kept, gone)
    office.after_step("merge told")
    moved = 0
    for purpose in Purpose:
        if purpose in kept and purpose in gone:
            moved += move_records(office, gone[purpose], kept[purpose])
            if purpose is Purpose.VISITS:
                moved += move_visits(office, gone[purpose], kept[purpose])
    moved += carry_over(office, gone[Purpose.ACCOUNT], kept[Purpose.ACCOUNT])
    office.after_step("merge kept")
    done = erase(office, go, actor=actor, method="merged with another account of this person")
    return Merged(keep, moved, done)


def _both(office: Office, keep: str, go: str) -> tuple[Grants, Grants]:
    if keep == go:
        raise UsageError("These are one account. Name two.")
    with office.databases.identity.read() as identity:
        both = [standing(identity, who, office.now()) for who in (keep, go)]
        restricted = [who for who in (keep, go) if is_restricted(identity, who)]
    if restricted:
        raise SubjectUnknownError("One of the two is restricted: its data is used for nothing now.")
    if any(Purpose.ACCOUNT not in grants for grants in both):
        raise SubjectUnknownError("One of the two is no customer here: never joined, or erased.")
    return both[0], both[1]


def _side(office: Office, identity: Session, who: str, grants: Grants) -> Side:
    account = read(office, grants[Purpose.ACCOUNT], Account)
    subject = identity.get(SubjectRow, who)
    return Side(
        who,
        account or Account(name="–"),
        subject.created_at[:10] if subject else "",
        tuple(grants),
    )


def _numbers(identity: Session, who: str) -> dict[Purpose, int]:
    rows = identity.execute(
        select(RecordRow.purpose, func.count())
        .where(RecordRow.subject_id == who)
        .group_by(RecordRow.purpose)
    )
    numbers = {Purpose(purpose): count for purpose, count in rows}
    visits = identity.scalar(select(func.count()).where(VisitRow.subject_id == who)) or 0
    helped = identity.scalar(select(func.count()).where(HelpRequestRow.subject_id == who)) or 0
    if helped:
        numbers[Purpose.ACCOUNT] = numbers.get(Purpose.ACCOUNT, 0) + helped
    return numbers | ({Purpose.VISITS: visits} if visits else {})


def _problems(office: Office, identity: Session, go: str) -> list[Problem]:
    problems: list[Problem] = []
    if any(one.closed_at is None for one in requests_of(identity, go, office.now())):
        problems.append(Problem.REQUEST)
    return problems


def _differences(office: Office, kept: Grants, gone: Grants) -> list[Problem]:
    if Purpose.ALLERGIES in kept and Purpose.ALLERGIES in gone:
        both = [read(office, grants[Purpose.ALLERGIES], Allergies) for grants in (kept, gone)]
        words = {word.casefold() for one in both if one for word in one.own_words}
        if len(words) > _MOST_OWN_WORDS:
            return [Problem.WORDS]
    return []


def _carry_account(office: Office, kept: Grant, gone: Grant) -> None:
    """Give the account that stays the contacts that it lacks, and every way to find it."""
    mine, theirs = read(office, kept, Account), read(office, gone, Account)
    if theirs is None:
        return
    mine = mine or theirs
    both = replace(
        mine,
        email=mine.email or theirs.email,
        phone=mine.phone or theirs.phone,
        card=mine.card or theirs.card,
    )
    sealed = seal_section(office, kept, both)
    with office.databases.identity.write() as identity:
        identity.execute(
            delete(LookupRow).where(
                LookupRow.subject_id == gone.subject_id,
                LookupRow.digest.in_(sealed.digests or ()),
            )
        )
        put(identity, sealed)


def _carry_told(office: Office, kept: Grants, gone: Grants) -> None:
    """Put tastes together, and allergies: what either told stays told."""
    if Purpose.PREFERENCES in kept and Purpose.PREFERENCES in gone:
        mine = read(office, kept[Purpose.PREFERENCES], Preferences)
        theirs = read(office, gone[Purpose.PREFERENCES], Preferences)
        if theirs is not None and theirs.likes:
            likes = dict.fromkeys((*(mine.likes if mine else ()), *theirs.likes))
            told = Preferences(likes=tuple(likes)[:_MOST_LIKES])
            write(office, kept[Purpose.PREFERENCES], told)
    if Purpose.ALLERGIES in kept and Purpose.ALLERGIES in gone:
        own = read(office, kept[Purpose.ALLERGIES], Allergies)
        other = read(office, gone[Purpose.ALLERGIES], Allergies)
        if other is not None:
            write(office, kept[Purpose.ALLERGIES], _joined(own, other))


def _joined(own: Allergies | None, other: Allergies) -> Allergies:
    """Leave no allergy out; the older day counts, so that they are confirmed again the sooner."""
    if own is None:
        return other
    words = {word.casefold(): word for word in (*other.own_words, *own.own_words)}
    return Allergies(
        as_of=min(own.as_of, other.as_of),
        codes=tuple(dict.fromkeys((*own.codes, *other.codes))),
        own_words=tuple(words.values()),
    )


def _log(
    identity: Session,
    office: Office,
    kind: EventKind,
    about: str,
    actor: str,
    detail: Mapping[str, JSON],
) -> None:
    append(identity, office.ring, kind, actor=actor, about=about, detail=detail, now=office.now())
