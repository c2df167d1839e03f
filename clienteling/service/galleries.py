"""Which gallery each edge holds, and until when: leases, renewals, acknowledgements (R13)."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from clienteling.access.devices import PairedDevice, public_key
from clienteling.access.models import DeviceRow
from clienteling.customers.edge_gallery import pack_gallery
from clienteling.edge_protocol import EdgePolicy, GalleryReply, Health
from clienteling.service.signs import SignBook
from clienteling.service.stop import is_stopped
from consent.clock import stamp
from consent.log import ledger
from consent.office import Office


@dataclass(frozen=True, slots=True)
class Renewed:
    """The gallery that the edge holds is still the current one; its lease is longer now."""

    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What an edge compares itself with; `stopped` also says that this one may not look (R7)."""

    gallery_version: int
    stopped: bool


class GalleryDesk:
    """Hands out galleries. A lease is written down before the edge gets it, never after."""

    def __init__(self, office: Office, signs: SignBook) -> None:
        """Remember nothing yet: after a restart every edge is sent a whole gallery once."""
        self._office = office
        self._signs = signs
        #: What each device was last sent: the version, and whether it was emptied by a stop.
        self._sent: dict[str, Standing] = {}
        self._lock = threading.Lock()

    def standing(self, device: PairedDevice) -> Standing:
        """Return the current version and whether recognition is stopped at this camera."""
        with self._office.databases.identity.read() as identity:
            return self._standing(identity, device)

    def hand_out(
        self,
        device: PairedDevice,
        have: int | None,
        policy: EdgePolicy,
        *,
        log_size: int | None = None,
    ) -> GalleryReply | Renewed:
        """Return the current gallery sealed for this device, or renew the lease of what it has.

        `log_size` is that of the checkpoint that it holds.
        """
        standing = self.standing(device)
        with self._lock:
            current = have == standing.gallery_version and self._sent.get(device.id) == standing
        if current:
            until = self._office.now() + timedelta(seconds=policy.lease_seconds)
            if self._renew(device, until, standing):
                return Renewed(until)
        with self._office.databases.identity.read() as identity:
            open_public = public_key(identity.get_one(DeviceRow, device.id).open_public)
        reply = pack_gallery(
            self._office,
            device_id=device.id,
            open_public=open_public,
            policy=policy,
            stopped=standing.stopped,
            log_size=log_size,
        )
        with self._office.databases.identity.write() as identity:
            identity.get_one(DeviceRow, device.id).lease_until = stamp(reply.lease_until)
        with self._lock:
            self._sent[device.id] = Standing(reply.version, reply.stopped)
        return reply

    def acknowledge(self, device: PairedDevice, version: int) -> bool:
        """Note what the device holds now; False: there is no such version."""
        with self._office.databases.identity.write() as identity:
            if version > ledger.gallery_version(identity):
                return False
            identity.get_one(DeviceRow, device.id).gallery_version = version
        return True

    def note_health(self, device: PairedDevice, health: Health) -> Standing:
        """Keep the newest report of a camera, and return what it should compare itself with."""
        with self._office.databases.identity.write() as identity:
            row = identity.get_one(DeviceRow, device.id)
            row.health = health.model_dump(mode="json")
            row.seen_at = stamp(self._office.now())
            return self._standing(identity, device)

    def _renew(self, device: PairedDevice, until: datetime, standing: Standing) -> bool:
        """Renew a lease, unless the gallery changed since we looked.

        Raises:
            LedgerError: the clock went back: consents that lapsed would stand again.
        """
        with self._office.databases.identity.write() as identity:
            ledger.check_time(identity, self._office.now())
            if self._standing(identity, device) != standing:
                return False
            identity.get_one(DeviceRow, device.id).lease_until = stamp(until)
        return True

    def _standing(self, identity: Session, device: PairedDevice) -> Standing:
        held = self._signs.hold(identity, device.camera or "") is not None
        return Standing(ledger.gallery_version(identity), held or is_stopped(identity))
