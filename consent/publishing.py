"""Publishing a shop's own texts: one person, two acts; from then on nothing of them changes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.canonical import JSON, canonical
from consent.clock import stamp
from consent.drafts import Draft
from consent.errors import NoticeError
from consent.files import write_whole
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import ConsentRow
from consent.notice_index import OWN, Version, entry_of, load_index
from consent.records import State
from consent.setting import Office


@dataclass(frozen=True, slots=True)
class Published:
    """What was published, and how many consents must be given again."""

    version: str
    sha256: str
    renewals: int


def renewals(identity: Session, office: Office, draft: Draft) -> int:
    """Return how many consents stand that a draft, once published, would no longer cover."""
    last = select(func.max(ConsentRow.sequence)).group_by(ConsentRow.subject_id, ConsentRow.purpose)
    found = identity.scalar(
        select(func.count()).where(
            ConsentRow.sequence.in_(last),
            ConsentRow.state == State.GIVEN.value,
            ConsentRow.purpose.in_([one.value for one in draft.changed]),
            ConsentRow.expires_at.is_(None) | (ConsentRow.expires_at > stamp(office.now())),
        )
    )
    return found or 0


def publish(office: Office, draft: Draft, *, actor: str, agreed: int) -> Published:
    """Publish a draft as it was read; the kiosk shows it at once.

    Args:
        office: The setting; it has a data folder.
        draft: Without flaws.
        actor: Who publishes.
        agreed: How many consents whoever publishes said must be given again.

    Raises:
        NoticeError: something is to be mended, it is no longer that many, or other texts were
            published meanwhile. Nothing was published.
        StorageError: the disk is full.
    """
    if draft.flaws:
        raise NoticeError(
            f"This draft cannot be published: {draft.flaws[0].sentence} "
            "Run `clienteling notices check` to see everything."
        )
    assert office.home is not None
    # The only writer: two people cannot publish on one base.
    with office.databases.identity.write() as identity:
        if office.notices.current_version != draft.base:
            raise NoticeError("Other texts were published meanwhile. Base the draft on those.")
        number = renewals(identity, office, draft)
        if number != agreed:
            raise NoticeError(
                f"By now {number} consents must be given again, not {agreed}. Look, and say so."
            )
        version = Version(
            name=draft.version,
            key=office.notices.key,
            bases=(draft.base,),
            changed=frozenset(one.value for one in draft.changed),
            sha256={
                language: {name: _sha256(text) for name, text in texts.items()}
                for language, texts in draft.texts.items()
            },
            texts=draft.texts,
        )
        entry = entry_of(version)
        detail: dict[str, JSON] = {
            "version": version.name,
            "base": draft.base,
            "changed": sorted(version.changed),
            "sha256": hashlib.sha256(canonical(entry)).hexdigest(),
            "renewals": number,
        }
        ledger.append(
            identity,
            office.ring,
            EventKind.NOTICE_PUBLISHED,
            actor=actor,
            about=None,
            detail=detail,
            now=office.now(),
        )
        _add(office.home, entry)
    return Published(version.name, str(detail["sha256"]), number)


def _add(home: Path, entry: dict[str, JSON]) -> None:
    """Add a version to the shop's file, in one step."""
    own: list[JSON] = [{**entry_of(one)} for one in load_index(home).versions if one.own]
    write_whole(home / OWN, canonical([*own, entry]))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
