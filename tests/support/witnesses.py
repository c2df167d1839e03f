"""A log that a witness looks at without a network, straight in the database."""

from datetime import datetime

from clienteling.witness.folder import WitnessFolder
from clienteling.witness.log import UnprovenError
from consent.errors import LedgerError
from consent.log import ledger, witnesses
from consent.log.events import EventKind
from consent.log.notes import Checkpoint, origin_of, verifier_key
from consent.office import Office

NAME = "dpo.example/witness"


class OfficeLog:
    """What `PublicLog` asks over the network."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.hub_time: datetime | None = None
        self.brought: list[str] = []

    def checkpoint(self) -> Checkpoint:
        with self.office.databases.identity.read() as identity:
            return ledger.latest_checkpoint(identity)

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        with self.office.databases.identity.read() as identity:
            try:
                return ledger.consistency_proof(identity, old, new)
            except LedgerError as error:
                raise UnprovenError(str(error)) from error

    def cosign(self, note: str) -> None:
        with self.office.databases.identity.write() as identity:
            witnesses.take_cosignature(identity, note, self.office.now())
        self.brought.append(note)


def log_key(office: Office) -> str:
    public = office.ring.log_public
    return verifier_key(origin_of(public), public)


def register(office: Office, folder: WitnessFolder) -> None:
    with office.databases.identity.write() as identity:
        witnesses.add_witness(
            identity, office.ring, folder.verifier_key, actor="command", now=office.now()
        )


def act(office: Office, times: int = 1) -> None:
    """Let the log grow."""
    with office.databases.identity.write() as identity:
        for _ in range(times):
            ledger.append(
                identity,
                office.ring,
                EventKind.CARD_READ,
                actor="user:an",
                about=None,
                detail={},
                now=office.now(),
            )
