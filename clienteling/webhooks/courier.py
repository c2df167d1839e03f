"""The hub's courier: takes what waits to its receivers, each in a thread of its own.

What waits lies in the database, so nothing is lost when the hub ends; a delivery whose answer was
not noted any more is sent again under the same id. The stop switch is about recognition: tills and
their events go on.
"""

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from clienteling.webhooks.events import AttachmentData, Event, Told
from clienteling.webhooks.hooks import MOST, Off, State, secrets_of, switch_off
from clienteling.webhooks.models import DeliveryRow, WebhookRow
from clienteling.webhooks.outbox import tell
from clienteling.webhooks.schedule import next_try
from clienteling.webhooks.secrets import headers, opened
from clienteling.webhooks.sending import Answer
from consent.clock import stamp
from consent.errors import ConsentError, SealError
from consent.office import Office

_log = logging.getLogger(__name__)

#: Seconds between looks at what is due.
POLL = 0.5
#: A receiver that failed is left alone for so long, whatever else waits for it.
REST = timedelta(seconds=5)
#: Or for as long as it asks, up to this; what it refused waits as long as it asked.
LONGEST_REST = timedelta(minutes=5)

_GONE = 410

Send = Callable[[str, Mapping[str, str], bytes], Answer]


class Courier:
    """One per hub. `start` runs it in threads; `step` does one round (tests call it)."""

    def __init__(
        self,
        office: Office,
        send: Send,
        *,
        ended: Callable[[], Sequence[str]] = tuple,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            office: The shop.
            send: Makes one try.
            ended: Takes the handles of attachments that ended since it was asked last.
            chance: Gives numbers from 0 to 1, for the times of tries.
        """
        self._office = office
        self._send = send
        self._ended = ended
        self._chance = chance
        self._busy: dict[str, Future[None]] = {}
        self._resting: dict[str, datetime] = {}
        self._ending = threading.Event()
        self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="webhook")
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the tries that are being made; what waits goes out after the next start."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=15)
        self._pool.shutdown(cancel_futures=True)

    def _run(self) -> None:
        failing = False
        while not self._ending.wait(POLL):
            try:
                self.step()
                failing = False
            except Exception as error:  # noqa: BLE001 - it must go on: nobody else does this
                if not failing:  # once, not twice a second
                    what = str(error) if isinstance(error, ConsentError) else type(error).__name__
                    _log.error("webhooks: %s; trying again", what)
                failing = True

    def step(self) -> tuple[Future[None], ...]:
        """Note which attachments ended, and begin to send what is due; returns what was begun.

        Raises:
            StorageError: the database is away or full.
        """
        handles = self._ended()
        if handles:
            with self._office.databases.identity.write() as identity:
                for handle in handles:
                    data = AttachmentData(attachment=handle)
                    tell(identity, self._office, Told(Event.ATTACHMENT_ENDED, data))
        now = self._office.now()
        with self._office.databases.identity.read() as identity:
            due = identity.scalars(
                select(DeliveryRow.webhook_id)
                .join(WebhookRow, WebhookRow.id == DeliveryRow.webhook_id)
                .where(WebhookRow.off_at.is_(None), _due(now))
                .distinct()
            ).all()
        self._busy = {id_: run for id_, run in self._busy.items() if not run.done()}
        begun = {
            id_: self._pool.submit(self._serve, id_)
            for id_ in due
            if id_ not in self._busy and self._resting.get(id_, now) <= now
        }
        self._busy |= begun
        return tuple(begun.values())

    def _serve(self, webhook_id: str) -> None:
        """Send what is due for one webhook, the oldest first, until a try fails."""
        try:
            while not self._ending.is_set() and self._send_next(webhook_id):
                pass
        except Exception as error:  # noqa: BLE001 - it is tried again; a webhook holds up no other
            self._resting[webhook_id] = self._office.now() + REST
            what = str(error) if isinstance(error, ConsentError) else type(error).__name__
            _log.error("webhooks: %s; trying again", what)

    def _send_next(self, webhook_id: str) -> bool:
        """Make one try; returns whether there may be another one now."""
        now = self._office.now()
        with self._office.databases.identity.read() as identity:
            row = identity.get(WebhookRow, webhook_id)
            delivery = identity.scalar(
                select(DeliveryRow)
                .where(DeliveryRow.webhook_id == webhook_id, _due(now))
                .order_by(DeliveryRow.due_at, DeliveryRow.id)
                .limit(1)
            )
        if row is None or row.off_at is not None or delivery is None:
            return False
        try:
            body = opened(self._office.ring, webhook_id, delivery.id, delivery.body)
            secrets = secrets_of(self._office, row)
        except SealError:
            with self._office.databases.identity.write() as identity:
                switch_off(identity, self._office, webhook_id, Off.UNREADABLE)
            return False
        signed = headers(secrets, delivery.id, now, body)
        answer = self._send(
            row.url,
            {**signed, "content-type": "application/json", "user-agent": "clienteling"},
            body.encode(),
        )
        with self._office.databases.identity.write() as identity:
            self._note(identity, delivery.id, answer)
        if not answer.is_success:
            rest = max(REST, min(answer.wait, LONGEST_REST))
            self._resting[webhook_id] = self._office.now() + rest
        return answer.is_success

    def _note(self, identity: Session, delivery_id: str, answer: Answer) -> None:
        """Note what came of a try. Meanwhile the webhook may have been removed."""
        row = identity.get(DeliveryRow, delivery_id)
        if row is None:
            return
        now = self._office.now()
        row.attempts += 1
        row.tried_at, row.result = stamp(now), answer.result
        if answer.is_success:
            row.state, row.due_at = State.DONE.value, None
            return
        again = next_try(row.attempts, now, answer.wait, self._chance)
        if answer.status == _GONE or again is None:
            row.state, row.due_at = State.FAILED.value, None
            why = Off.GONE if answer.status == _GONE else Off.FAILED
            switch_off(identity, self._office, row.webhook_id, why)
        else:
            row.due_at = stamp(again)


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(DeliveryRow.state == State.WAITING.value, DeliveryRow.due_at <= stamp(now))
