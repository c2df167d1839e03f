"""The notices that were published, and the consents that rest on each version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.errors import NoticeError
from consent.models import ConsentRow
from consent.notices import LANGUAGES, Notice, Notices
from consent.office import Office
from consent.purposes import Purpose
from consent.records import State


@dataclass(frozen=True, slots=True)
class PurposeTexts:
    """One purpose of one version.

    Attributes:
        texts: By language; a language that is not there was not published.
        resting: Consents that rest on it and have not lapsed by time.
        superseded: A later version changes what is done: these consents must be renewed.
    """

    purpose: Purpose
    texts: Mapping[str, Notice]
    resting: int
    superseded: bool


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """One version.

    Attributes:
        current: A consent given now rests on it.
        own: It is the shop's own.
        release: What is signed before a face is captured (R42), by language; empty: nothing is.
    """

    version: str
    current: bool
    own: bool
    release: Mapping[str, Notice]
    purposes: tuple[PurposeTexts, ...]

    @property
    def resting(self) -> int:
        """How many consents rest on it."""
        return sum(one.resting for one in self.purposes)

    @property
    def renewals(self) -> int:
        """How many of them must be given again."""
        return sum(one.resting for one in self.purposes if one.superseded)


def notice_versions(identity: Session, office: Office) -> tuple[NoticeVersion, ...]:
    """Return every version that was published for the region, the newest first."""
    notices, resting = office.notices, _resting(identity, office.now())
    return tuple(
        NoticeVersion(
            version,
            version == notices.current_version,
            notices.is_own(version),
            _release(notices, version),
            tuple(
                _texts(notices, version, purpose, resting)
                for purpose in notices.purposes_of(version)
            ),
        )
        for version in reversed(notices.versions)
    )


def _texts(
    notices: Notices, version: str, purpose: Purpose, resting: Mapping[tuple[str, str], int]
) -> PurposeTexts:
    found = {language: notices.get(version, language, purpose) for language in LANGUAGES}
    return PurposeTexts(
        purpose,
        found,
        resting.get((version, purpose.value), 0),
        not notices.covers(version, purpose),
    )


def _release(notices: Notices, version: str) -> dict[str, Notice]:
    try:
        return {one: notices.release(version, one) for one in LANGUAGES}
    except NoticeError:
        return {}


def _resting(identity: Session, now: datetime) -> dict[tuple[str, str], int]:
    """Return how many consents whose newest record is `given` rest on each version and purpose."""
    newest = select(func.max(ConsentRow.sequence)).group_by(
        ConsentRow.subject_id, ConsentRow.purpose
    )
    version = ConsentRow.body["privacy_notice"]["version"].as_string()
    rows = identity.execute(
        select(version, ConsentRow.purpose, func.count())
        .where(
            ConsentRow.sequence.in_(newest),
            ConsentRow.state == State.GIVEN.value,
            or_(ConsentRow.expires_at.is_(None), ConsentRow.expires_at > stamp(now)),
        )
        .group_by(version, ConsentRow.purpose)
    )
    return {(name, purpose): number for name, purpose, number in rows}
