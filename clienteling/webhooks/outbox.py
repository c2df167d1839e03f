"""What waits to be told: written in the transaction of what happened, so that both are, or none."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from clienteling.webhooks.events import Event, NoData, Told
from clienteling.webhooks.hooks import Off, State, log_changed, require, switch_off
from clienteling.webhooks.models import DeliveryRow, WebhookRow
from clienteling.webhooks.secrets import sealed
from consent.clock import parse, stamp
from consent.office import Office

#: So much waits for one webhook at most; then it is switched off.
MOST_WAITING = 10_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as a manager sees it; what was told stays sealed.

    Attributes:
        at: When it happened.
        due_at: When it is tried next; None: no more.
        result: Of the last try: a status, or why there was none; None: not tried yet.
    """

    id: str
    event: Event
    at: datetime
    state: State
    attempts: int
    due_at: datetime | None
    tried_at: datetime | None
    result: str | None


def tell(identity: Session, office: Office, told: Told) -> None:
    """Have every webhook that wants it told. Needs the session that writes what happened.

    Where much too much waits for a webhook already, that one is switched off instead.
    """
    rows = identity.scalars(select(WebhookRow).where(WebhookRow.off_at.is_(None))).all()
    for row in rows:
        if told.event.value not in row.events:
            continue
        if _waiting(identity, row.id) >= MOST_WAITING:
            switch_off(identity, office, row.id, Off.CROWDED)
        else:
            _put(identity, office, row.id, told)


def send_test(office: Office, webhook_id: str, *, actor: str) -> None:
    """Have one webhook told that it is tried, whatever it asked for; logged.

    Raises:
        WebhookUnknownError: there is none.
    """
    with office.databases.identity.write() as identity:
        require(identity, webhook_id)
        if _waiting(identity, webhook_id) < MOST_WAITING:
            _put(identity, office, webhook_id, Told(Event.TEST, NoData()))
        log_changed(identity, office, webhook_id, actor, what="test")


def again(
    office: Office, webhook_id: str, since: datetime, *, actor: str, only_failed: bool = False
) -> int:
    """Send again what happened since then, under the same ids; returns how many. Logged.

    Raises:
        WebhookUnknownError: there is none.
    """
    states = [State.FAILED.value] if only_failed else [State.FAILED.value, State.DONE.value]
    with office.databases.identity.write() as identity:
        require(identity, webhook_id)
        done = identity.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.webhook_id == webhook_id,
                DeliveryRow.at >= stamp(since),
                DeliveryRow.state.in_(states),
            )
            .values(state=State.WAITING.value, attempts=0, due_at=stamp(office.now()))
        )
        assert isinstance(done, CursorResult)
        log_changed(identity, office, webhook_id, actor, what="again", count=done.rowcount)
        return done.rowcount


def latest(identity: Session, webhook_id: str, most: int) -> Sequence[Delivery]:
    """Return the newest deliveries of a webhook."""
    rows = identity.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.webhook_id == webhook_id)
        .order_by(DeliveryRow.at.desc(), DeliveryRow.id)
        .limit(most)
    )
    return [
        Delivery(
            id=row.id,
            event=Event(row.event),
            at=parse(row.at),
            state=State(row.state),
            attempts=row.attempts,
            due_at=None if row.due_at is None else parse(row.due_at),
            tried_at=None if row.tried_at is None else parse(row.tried_at),
            result=row.result,
        )
        for row in rows
    ]


def _waiting(identity: Session, webhook_id: str) -> int:
    return (
        identity.scalar(
            select(func.count(DeliveryRow.id)).where(
                DeliveryRow.webhook_id == webhook_id, DeliveryRow.state == State.WAITING.value
            )
        )
        or 0
    )


def _put(identity: Session, office: Office, webhook_id: str, told: Told) -> None:
    now, delivery_id = stamp(office.now()), str(uuid.uuid4())
    body = json.dumps(
        {"type": told.event.value, "timestamp": now, "data": told.data.model_dump(mode="json")},
        separators=(",", ":"),
    )
    identity.add(
        DeliveryRow(
            id=delivery_id,
            webhook_id=webhook_id,
            event=told.event.value,
            at=now,
            body=sealed(office.ring, webhook_id, delivery_id, body),
            state=State.WAITING.value,
            attempts=0,
            due_at=now,
        )
    )
