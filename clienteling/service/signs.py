"""Signs before the cameras: who says that they hang, and until when that counts (R7).

With them, what else ends while a hub runs: counsel's term and that of the Article 30 record (R40).

A camera looks only while a named role attested, on a day, that a customer sees the sign before
entering what the camera sees. The shop-wide date of `config.toml` covers the cameras that were
paired by the end of that day, and no later ones (docs/decisions/0162).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.access.devices import live_edges
from clienteling.access.models import PairingRow
from clienteling.errors import UsageError
from clienteling.service.models import ExportRow, SignRow
from consent.clock import parse, stamp
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.region.article30 import Article30, RecordState, record_state
from consent.region.policy import CapturePolicy, Paper, RegionProfile

_LONGEST_ROLE = 60


class Hold(StrEnum):
    """Why a camera may not look, although recognition is not stopped."""

    NO_SIGN = "no_sign"
    NO_PROFILE = "no_profile"  # counsel's term is over
    HUB_UNWELL = "hub_unwell"  # its log, clock, bus or a database fails (R49)
    NO_RECORD = "no_record"  # nobody exported the record of processing, or too long ago


@dataclass(frozen=True, slots=True)
class Sign:
    """An attestation that counts for a camera.

    Attributes:
        role: Who says so, as "store manager"; "" for the shop-wide date.
        by: Who was signed in, or None for the shop-wide date.
        until: The last day on which it counts.
    """

    camera: str
    on: date
    role: str
    by: str | None
    until: date


@dataclass(frozen=True, slots=True)
class SignBook:
    """Which cameras may look: by signs, the profile's term, its papers, and the hub's health.

    Attributes:
        policy: The capture policy of this hub; None: it serves no cameras.
        shop_wide: `papers.sign_attested` of the configuration.
        is_watched: Whether this process hears of withdrawals and can carry them out.
    """

    office: Office
    policy: str | None
    shop_wide: date | None
    is_watched: Callable[[], bool] = lambda: True

    def sign_of(self, identity: Session, camera: str) -> Sign | None:
        """Return the newest attestation for a camera, also one that has run out."""
        profile = self.office.profile
        row = identity.get(SignRow, camera)
        if row is not None:
            on = date.fromisoformat(row.attested_on)
            return Sign(camera, on, row.role, row.attested_by, _until(on, profile))
        paired = [parse(edge.paired_at).date() for edge in live_edges(identity, camera)]
        if self.shop_wide is None or not paired or max(paired) > self.shop_wide:
            return None
        return Sign(camera, self.shop_wide, "", None, _until(self.shop_wide, profile))

    def hold(self, identity: Session, camera: str) -> Hold | None:
        """Return why this camera may not look now; None: it may."""
        now = self.office.now()
        if not self.is_watched() or not ledger.is_writable(identity, now):
            return Hold.HUB_UNWELL
        today = now.date()
        if not self.office.profile.held_on(today):
            return Hold.NO_PROFILE
        if self._asks(Paper.ARTICLE30) and not self._record_counts(identity, today):
            return Hold.NO_RECORD
        if self._asks(Paper.SIGN) and not self.sign_counts(identity, camera, today):
            return Hold.NO_SIGN
        return None

    def sign_counts(self, identity: Session, camera: str, today: date) -> bool:
        """Whether somebody attested this camera's sign, and that counts on this day."""
        sign = self.sign_of(identity, camera)
        return sign is not None and sign.on <= today <= sign.until

    def _asks(self, paper: Paper) -> bool:
        """Whether the profile asks for it under this policy; one that it does not list asks all."""
        if self.policy is None or self.policy not in set(CapturePolicy):
            return True
        return paper in self.office.profile.papers.get(CapturePolicy(self.policy), set(Paper))

    def _record_counts(self, identity: Session, today: date) -> bool:
        """Whether the record's term runs; what changed since it was made, the next start asks."""
        row = identity.get(ExportRow, "article30")
        held = None if row is None else Article30(parse(row.exported_at).date(), current=True)
        days = self.office.profile.article30_valid_days
        return record_state(held, days, today) is RecordState.HELD


def attest(
    identity: Session, office: Office, camera: str, *, role: str, on: date, actor: str
) -> Sign:
    """Keep and log that the sign of a camera hangs where it is seen before the camera sees.

    Raises:
        UsageError: no such camera is paired or waits for its code; no role; or a day that has not
            come, or is so long ago that it no longer counts.
    """
    role, now = role.strip(), office.now()
    if not _is_known(identity, camera):
        raise UsageError("There is no such camera. Pair it first.")
    if not role or len(role) > _LONGEST_ROLE:
        raise UsageError("Say who attests, by role, in at most 60 characters.")
    until = _until(on, office.profile)
    if not on <= now.date() <= until:
        raise UsageError("Give the day on which you looked: not a later one, and not too long ago.")
    identity.merge(
        SignRow(
            camera=camera,
            attested_on=on.isoformat(),
            role=role,
            attested_by=actor,
            recorded_at=stamp(now),
        )
    )
    ledger.append(
        identity,
        office.ring,
        EventKind.SIGN_ATTESTED,
        actor=actor,
        about=None,
        detail={"camera": camera, "on": on.isoformat(), "role": role, "until": until.isoformat()},
        now=now,
    )
    return Sign(camera, on, role, actor, until)


def cameras_of(identity: Session) -> tuple[str, ...]:
    """Return the names of the cameras that work here."""
    return tuple(sorted({row.camera for row in live_edges(identity) if row.camera}))


def _until(on: date, profile: RegionProfile) -> date:
    return on + timedelta(days=profile.sign_valid_days)


def _is_known(identity: Session, camera: str) -> bool:
    waiting = identity.scalar(select(PairingRow.camera).where(PairingRow.camera == camera).limit(1))
    return waiting is not None or bool(live_edges(identity, camera))
