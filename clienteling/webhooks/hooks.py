"""The webhooks of a shop: adding one, its secret, switching it off and on. Each act is logged."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from clienteling.egress import Place
from clienteling.errors import ClientelingError
from clienteling.webhooks.addresses import check_url
from clienteling.webhooks.events import OFFERED, Event
from clienteling.webhooks.models import DeliveryRow, WebhookRow
from clienteling.webhooks.secrets import SECRET, new_secret, opened, sealed
from consent.canonical import JSON
from consent.clock import parse, stamp
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office

#: A shop has at most so many; each may be sent to at the same time.
MOST = 10
#: The secret before a new one signs too for so long, so that a receiver can change over.
BOTH = timedelta(hours=24)

_HUB = "clienteling"


class Off(StrEnum):
    """Why a webhook is switched off."""

    BY_HAND = "by_hand"
    GONE = "gone"  # its receiver answered 410
    FAILED = "failed"  # the last try of an event failed
    CROWDED = "crowded"  # too much waits for it
    UNREADABLE = "unreadable"  # its secret does not open: the keys are of another time


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class WebhookUnknownError(ClientelingError):
    """There is no such webhook (any more)."""


class TooManyError(ClientelingError):
    """A shop has no more webhooks than that."""


class NoEventError(ClientelingError):
    """Nothing is asked for, or something that is not told."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook as a manager sees it.

    Attributes:
        off_because: Why it is switched off; None: it is on.
        both_until: Until when the secret before this one signs too.
        waiting: So many events wait for it.
    """

    id: str
    url: str
    events: tuple[Event, ...]
    added_at: datetime
    off_because: Off | None
    off_at: datetime | None
    both_until: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Added:
    """A webhook's id and the secret, which is shown once."""

    id: str
    secret: str = field(repr=False)


def add(
    office: Office, url: str, events: Collection[str], places: Iterable[Place], *, actor: str
) -> Added:
    """Add a webhook.

    Args:
        office: The shop.
        url: Where events are sent.
        events: Names of what is told.
        places: Where webhooks may connect to, as the configuration says.
        actor: Who is signed in.

    Raises:
        AddressError: the address cannot be used, or the configuration does not name it.
        NoEventError: no event, or an unknown one. TooManyError: there are `MOST`.
    """
    url = check_url(url, places)
    wanted = [event.value for event in OFFERED if event.value in events]
    if not wanted or len(wanted) != len(set(events)):
        raise NoEventError("Choose what is told.")
    made = Added(str(uuid.uuid4()), new_secret())
    with office.databases.identity.write() as identity:
        if (identity.scalar(select(func.count(WebhookRow.id))) or 0) >= MOST:
            raise TooManyError(f"A shop has at most {MOST} webhooks. Remove one first.")
        identity.add(
            WebhookRow(
                id=made.id,
                url=url,
                events=wanted,
                secret=sealed(office.ring, made.id, SECRET, made.secret),
                added_at=stamp(office.now()),
            )
        )
        _log(identity, office, EventKind.WEBHOOK_ADDED, made.id, actor, events=list(wanted))
    return made


def rotate(office: Office, webhook_id: str, *, actor: str) -> Added:
    """Give a webhook a new secret; the one before signs too for a day.

    Raises:
        WebhookUnknownError: there is none.
    """
    made = Added(webhook_id, new_secret())
    with office.databases.identity.write() as identity:
        row = require(identity, webhook_id)
        row.old_secret, row.old_until = row.secret, stamp(office.now() + BOTH)
        row.secret = sealed(office.ring, webhook_id, SECRET, made.secret)
        if row.off_because == Off.UNREADABLE.value:
            # What was sealed under lost keys: the secret before, and what waited.
            row.old_secret = row.old_until = None
            identity.execute(delete(DeliveryRow).where(DeliveryRow.webhook_id == webhook_id))
        log_changed(identity, office, webhook_id, actor, what="secret")
    return made


def switch_on(office: Office, webhook_id: str, places: Iterable[Place], *, actor: str) -> None:
    """Switch a webhook on; what waited is sent now. It stays on if it is.

    Raises:
        WebhookUnknownError: there is none.
        AddressError: the configuration does not name its address any more.
    """
    now = stamp(office.now())
    with office.databases.identity.write() as identity:
        row = require(identity, webhook_id)
        check_url(row.url, places)
        if row.off_at is None:
            return
        row.off_at = row.off_because = None
        identity.execute(
            update(DeliveryRow)
            .where(DeliveryRow.webhook_id == webhook_id, DeliveryRow.state == State.WAITING.value)
            .values(due_at=now, attempts=0)
        )
        log_changed(identity, office, webhook_id, actor, what="on")


def switch_off(
    identity: Session, office: Office, webhook_id: str, why: Off, *, actor: str = _HUB
) -> None:
    """Switch a webhook off, in a session of `Database.write()`. It stays off if it is.

    Raises:
        WebhookUnknownError: there is none.
    """
    row = require(identity, webhook_id)
    if row.off_at is None:
        row.off_at, row.off_because = stamp(office.now()), why.value
        detail = {"what": "off", "because": why.value}
        log_changed(identity, office, webhook_id, actor, **detail)


def remove(office: Office, webhook_id: str, *, actor: str) -> None:
    """Remove a webhook, and what waits for it.

    Raises:
        WebhookUnknownError: there is none.
    """
    with office.databases.identity.write() as identity:
        identity.delete(require(identity, webhook_id))
        _log(identity, office, EventKind.WEBHOOK_REMOVED, webhook_id, actor)


def webhooks(identity: Session) -> tuple[Webhook, ...]:
    """Return every webhook, the oldest first."""
    count = func.count(DeliveryRow.id)
    waiting = dict(
        identity.execute(
            select(DeliveryRow.webhook_id, count)
            .where(DeliveryRow.state == State.WAITING.value)
            .group_by(DeliveryRow.webhook_id)
        ).all()
    )
    rows = identity.scalars(select(WebhookRow).order_by(WebhookRow.added_at, WebhookRow.id))
    return tuple(_shown(row, waiting.get(row.id, 0)) for row in rows)


def given_up(identity: Session) -> int:
    """Return how many webhooks the hub switched off by itself: somebody should see why."""
    by_itself = WebhookRow.off_because.not_in([Off.BY_HAND.value])  # null: it is on
    return identity.scalar(select(func.count(WebhookRow.id)).where(by_itself)) or 0


def require(identity: Session, webhook_id: str) -> WebhookRow:
    """Return the row of a webhook.

    Raises:
        WebhookUnknownError: there is none.
    """
    row = identity.get(WebhookRow, webhook_id)
    if row is None:
        raise WebhookUnknownError("There is no such webhook (any more).")
    return row


def secrets_of(office: Office, row: WebhookRow) -> tuple[str, ...]:
    """Return the secrets that sign now, the newest first.

    Raises:
        SealError: one does not open: the keys are of another time.
    """
    sealed_ones = [row.secret]
    if row.old_secret is not None and (row.old_until or "") > stamp(office.now()):
        sealed_ones.append(row.old_secret)
    return tuple(opened(office.ring, row.id, SECRET, each) for each in sealed_ones)


def log_changed(
    identity: Session, office: Office, webhook_id: str, actor: str, **detail: JSON
) -> None:
    """Log what somebody did to a webhook."""
    _log(identity, office, EventKind.WEBHOOK_CHANGED, webhook_id, actor, **detail)


def _shown(row: WebhookRow, waiting: int) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        events=tuple(Event(name) for name in row.events),
        added_at=parse(row.added_at),
        off_because=None if row.off_because is None else Off(row.off_because),
        off_at=None if row.off_at is None else parse(row.off_at),
        both_until=None if row.old_until is None else parse(row.old_until),
        waiting=waiting,
    )


def _log(
    identity: Session,
    office: Office,
    kind: EventKind,
    webhook_id: str,
    actor: str,
    **detail: JSON,
) -> None:
    ledger.append(
        identity,
        office.ring,
        kind,
        actor=actor,
        about=None,
        detail={"webhook": webhook_id, **detail},
        now=office.now(),
    )
