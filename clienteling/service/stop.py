"""The stop switch for all recognition. The log is the switch: its newest stop or resume decides."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.webhooks.events import Event, NoData, Told
from clienteling.webhooks.outbox import tell
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import LogEntryRow
from consent.office import Office

_SWITCH = (EventKind.RECOGNITION_STOPPED, EventKind.RECOGNITION_RESUMED)


def is_stopped(identity: Session) -> bool:
    """Whether recognition is stopped in this shop."""
    newest = identity.scalar(
        select(LogEntryRow.kind)
        .where(LogEntryRow.kind.in_([kind.value for kind in _SWITCH]))
        .order_by(LogEntryRow.leaf_index.desc())
        .limit(1)
    )
    return newest == EventKind.RECOGNITION_STOPPED.value


def stop(office: Office, *, actor: str) -> bool:
    """Stop all recognition; False: it was stopped already."""
    return _set(office, stopped=True, actor=actor)


def resume_recognition(office: Office, *, actor: str) -> bool:
    """Let recognition run again; False: it was running."""
    return _set(office, stopped=False, actor=actor)


def _set(office: Office, *, stopped: bool, actor: str) -> bool:
    kind = EventKind.RECOGNITION_STOPPED if stopped else EventKind.RECOGNITION_RESUMED
    with office.databases.identity.write() as identity:
        if is_stopped(identity) == stopped:
            return False
        ledger.append(
            identity, office.ring, kind, actor=actor, about=None, detail={}, now=office.now()
        )
        event = Event.RECOGNITION_STOPPED if stopped else Event.RECOGNITION_RESUMED
        tell(identity, office, Told(event, NoData()))
    return True
