"""Taking the customers of a file over, some at a time, so that it can be stopped and go on.

    1 recorded   subjects, records, receipts and look-ups, what the customer is to be told, and
                 in the log how far the file is: in one transaction
    2 keys       of their accounts
    3 sealed     the accounts

Running it again with the same file goes on after the last batch that was recorded, and first ends
that one. So nobody who was erased since comes back by the same file.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.customers.models import LookupRow, SectionRow
from clienteling.customers.names import words_of
from clienteling.customers.profile import Account, as_json, read
from clienteling.customers.sections import section_row
from clienteling.exchange.import_file import CustomerFile, Problem, Row
from clienteling.exchange.informing import InformFile, Told
from clienteling.rights.correction import Change, correct
from consent.keystore.seals import seal_each_for
from consent.log.events import EventKind
from consent.log.ledger import append, search
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for, subjects_granting
from consent.taking_over import Source, TakenOver, check_basis, open_accounts, take_over

#: So many are recorded in one transaction: 0.2 s in which nobody else can write.
BATCH: Final = 50
_ACTOR: Final = "command"


class Existing(StrEnum):
    """What to do with who is a customer already."""

    SKIP = "skip"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    Attributes:
        rows: How many it has.
        made: New customers.
        updated: Customers whose account was changed.
        skipped: Customers already, and left as they are.
        before: Rows that an earlier run has dealt with.
        problems: Rows that were not taken over.
        dry: Nothing was written.
    """

    rows: int
    made: int
    updated: int
    skipped: int
    before: int
    problems: tuple[Problem, ...]
    dry: bool

    @property
    def complete(self) -> bool:
        """Whether every row was dealt with."""
        return not self.problems


@dataclass(slots=True)
class _Count:
    made: int = 0
    updated: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)


Tell = Callable[[int], None]


def import_customers(
    office: Office,
    file: CustomerFile,
    *,
    basis: str,
    existing: Existing,
    inform: InformFile | None,
    tell: Tell = lambda _: None,
) -> Imported:
    """Take over who can be; without `inform` nothing is written: a dry run.

    Args:
        office: Where to.
        file: What was read.
        basis: What the accounts rest on: "contract: loyalty programme 2024".
        existing: What to do with who is a customer already.
        inform: Takes whom to inform, with each one's code.
        tell: Told how many rows are dealt with.

    Raises:
        ConsentMissingError: the basis is no contract.
        StorageError: a database is away or full; what was recorded stays, and the next run goes on.
    """
    source = Source(check_basis(basis), file.sha256, _ACTOR)
    through = _through(office, file.sha256)
    count = _Count()
    earlier = [row for row in file.rows if row.row <= through]
    if inform is not None:
        inform.keep(file.sha256, through)
        _end_last(office, earlier)
    later = [row for row in file.rows if row.row > through]
    for start in range(0, len(later), BATCH):
        rows = later[start : start + BATCH]
        if inform is None:
            _rehearse(office, rows, existing, count)
        else:
            _batch(office, source, rows, existing, inform, count)
        tell(rows[-1].row)
    return Imported(
        rows=file.length,
        made=count.made,
        updated=count.updated,
        skipped=count.skipped,
        before=len(earlier),
        problems=tuple(sorted((*file.problems, *count.problems), key=lambda one: one.row)),
        dry=inform is None,
    )


def _through(office: Office, sha256: str) -> int:
    """Return the last row of this file that an earlier run recorded; 0: none did."""
    with office.databases.identity.read() as identity:
        before: int | None = None
        while True:
            entries = search(identity, kinds=[EventKind.CUSTOMERS_IMPORTED], before=before)
            for entry in entries:
                if (entry.detail or {}).get("file") == sha256:
                    return int((entry.detail or {})["row"])
            if not entries:
                return 0
            before = entries[-1].leaf_index


def _rehearse(office: Office, rows: Sequence[Row], existing: Existing, count: _Count) -> None:
    with office.databases.identity.read() as identity:
        new, known = _sorted(identity, rows, count)
    count.made += len(new)
    for row, subject_id in known:
        _existing(office, row, subject_id, existing, count, dry=True)


def _batch(
    office: Office,
    source: Source,
    rows: Sequence[Row],
    existing: Existing,
    inform: InformFile,
    count: _Count,
) -> None:
    now = office.now()
    with office.databases.identity.write() as identity:
        new, known = _sorted(identity, rows, count)
        taken = take_over(identity, office, source, [row.row for row in new], now)
        for row, one in zip(new, taken, strict=True):
            for digest in row.digests:
                identity.add(LookupRow(digest=digest, subject_id=one.subject_id))
        append(
            identity,
            office.ring,
            EventKind.CUSTOMERS_IMPORTED,
            actor=source.actor,
            about=None,
            detail={"file": source.file, "row": rows[-1].row, "made": len(new)},
            now=now,
        )
        # Before the commit: a code that was not written down could never be told.
        inform.add(_told(new, taken))
    count.made += len(new)
    _seal(office, {one.subject_id: row.account for row, one in zip(new, taken, strict=True)})
    for row, subject_id in known:
        _existing(office, row, subject_id, existing, count, dry=False)


def _told(rows: Iterable[Row], taken: Iterable[TakenOver]) -> Iterator[Told]:
    for row, one in zip(rows, taken, strict=True):
        yield Told(row.row, row.account, one.code)


def _sorted(
    identity: Session, rows: Sequence[Row], count: _Count
) -> tuple[list[Row], list[tuple[Row, str]]]:
    """Tell who is new from who is a customer already."""
    digests = [digest for row in rows for digest in row.digests]
    found = {
        one.digest: one.subject_id
        for one in identity.scalars(select(LookupRow).where(LookupRow.digest.in_(digests)))
    }
    new: list[Row] = []
    known: list[tuple[Row, str]] = []
    for row in rows:
        owners = {found[digest] for digest in row.digests if digest in found}
        if not owners:
            new.append(row)
        elif len(owners) == 1:
            known.append((row, owners.pop()))
        else:
            what = (
                "Its contacts belong to two customers here. Merge those first "
                "(`clienteling customer merge`), or keep one contact."
            )
            count.problems.append(Problem(row.row, row.line, "", what))
    return new, known


def _seal(office: Office, accounts: dict[str, Account]) -> None:
    """Make the keys and seal the accounts; who was erased this moment is left out."""
    if not accounts:
        return
    grants = open_accounts(office, list(accounts))
    content = [
        (grant, as_json(accounts[grant.subject_id]), office.binding(grant)) for grant in grants
    ]
    with office.databases.keys.write() as keys:
        sealed = seal_each_for(keys, office.ring, content)
    with office.databases.identity.write() as identity:
        # Asked again where it is written: an erasure in between must not leave a row behind.
        still = subjects_granting(identity, Purpose.ACCOUNT, office.now(), list(accounts))
        stand = {grant.subject_id for grant in still}
        for grant, bytes_ in zip(grants, sealed, strict=True):
            if grant.subject_id in stand:
                identity.add(section_row(grant, bytes_))


def _end_last(office: Office, earlier: Sequence[Row]) -> None:
    """Seal what a process that died has recorded and not sealed."""
    last = earlier[-BATCH:]
    with office.databases.identity.read() as identity:
        _, known = _sorted(identity, last, _Count())
        sealed = set(
            identity.scalars(
                select(SectionRow.subject_id).where(
                    SectionRow.purpose == Purpose.ACCOUNT.value,
                    SectionRow.subject_id.in_([subject_id for _, subject_id in known]),
                )
            )
        )
    _seal(office, {who: row.account for row, who in known if who not in sealed})


def _existing(
    office: Office, row: Row, subject_id: str, existing: Existing, count: _Count, *, dry: bool
) -> None:
    if existing is Existing.SKIP:
        count.skipped += 1
        return
    with office.databases.identity.read() as identity:
        grant = grant_for(identity, subject_id, Purpose.ACCOUNT, office.now())
    held = None if grant is None else read(office, grant, Account)
    if held is None:
        what = "This customer's data is restricted, or was erased just now. Nothing was changed."
        count.problems.append(Problem(row.row, row.line, "", what))
        return
    if not set(words_of(held.name)) & set(words_of(row.account.name)):
        what = (
            "Somebody of another name has this contact here. Ask which of the two is right; "
            "nothing was changed."
        )
        count.problems.append(Problem(row.row, row.line, "name", what))
        return
    change = _change(held, row)
    if change == Change():
        count.skipped += 1
        return
    if not dry:
        correct(office, subject_id, change, actor=_ACTOR)
    count.updated += 1


def _change(held: Account, row: Row) -> Change:
    """Return what the file says anew; what it leaves empty stays."""
    new = row.account
    return Change(
        name=new.name if new.name != held.name else None,
        email=new.email if new.email and new.email != held.email else None,
        phone=new.phone if new.phone and new.phone != held.phone else None,
        card=new.card if new.card and new.card != held.card else None,
        language=new.language if row.language_given and new.language != held.language else None,
    )
