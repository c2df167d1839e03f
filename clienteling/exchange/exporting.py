"""Every customer's account as CSV, for another system: an export that needs two persons (R44).

Each customer's own log says that it was handed out (R45).
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter

from clienteling.access.approvals import Matter, require
from clienteling.customers.profile import Account
from clienteling.customers.sections import batched, open_of
from clienteling.exchange.import_file import COLUMNS
from clienteling.exchange.informing import plain_cell
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.models import SubjectRow
from consent.office import Office
from consent.purposes import Purpose
from consent.records import subjects_granting

#: What is proposed to the second person.
WHAT: Final = "the accounts of all customers"
_ACCOUNT = TypeAdapter(Account)
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Exported:
    """How many customers are in it, and the text."""

    customers: int
    text: str = field(repr=False)


def export_customers(
    office: Office, *, actor: str, tell: Callable[[int], None] = lambda _: None
) -> Exported:
    """Return everybody's account whose consent records allow it; who is restricted is left out.

    Raises:
        ApprovalNeededError: a second person has not approved it yet.
        LedgerError: it cannot be logged, so nothing is returned.
    """
    require(office, Matter.EXPORT, WHAT, actor=actor)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow((*COLUMNS, "customer", "joined"))
    number = 0
    for row in _rows(office, actor):
        writer.writerow(row)
        number += 1
        tell(number)
    return Exported(number, text.getvalue())


def _rows(office: Office, actor: str) -> Iterator[tuple[str, ...]]:
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, Purpose.ACCOUNT, office.now())
    for some in batched(grants, _BATCH):
        opened = open_of(office, some)
        joined = {}
        with office.databases.identity.write() as identity:
            for subject_id, _ in opened:
                subject = identity.get(SubjectRow, subject_id)
                if subject is None:
                    continue  # erased this very moment
                joined[subject_id] = subject.created_at[:10]
                append(
                    identity,
                    office.ring,
                    EventKind.EXPORT_MADE,
                    actor=actor,
                    about=subject_id,
                    detail={"way": "all customers"},
                    now=office.now(),
                )
        for subject_id, content in opened:
            if subject_id in joined:
                account = _ACCOUNT.validate_json(content)
                yield (
                    plain_cell(account.name),
                    plain_cell(account.email or ""),
                    account.phone or "",
                    account.card or "",
                    account.language,
                    subject_id,
                    joined[subject_id],
                )
