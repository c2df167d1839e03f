"""Access and portability (GDPR 15 and 20): everything about one customer, as one JSON document.

The document is described in docs/privacy/export.md. It is made in memory and kept nowhere; that it
was made, for whom and which way, is in the log before it is handed out.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from clienteling.access.approvals import Matter, require
from clienteling.access.models import DeviceRow
from clienteling.access.register import find_person
from clienteling.oversight.actors import CUSTOMER
from clienteling.oversight.edges import edge_states
from clienteling.rights.held import Held, Row, held
from consent import records
from consent.clock import stamp
from consent.errors import SubjectUnknownError
from consent.keeping import kept
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.models import SubjectRow
from consent.office import Office

SCHEMA = "clienteling export 1"

_SOURCES = (
    "you yourself, at the kiosk, on a page of your own or on a paper form",
    "cameras at which you asked to be recognised (visits, if you chose that they are kept)",
    "staff and programs acting on your data (the log)",
)
_RIGHTS = (
    "see what is held about you, and take it with you (GDPR 15, 20)",
    "have it corrected (GDPR 16)",
    "have it erased (GDPR 17)",
    "have it kept but used for nothing (GDPR 18)",
    "object (GDPR 21)",
    "withdraw each consent at any time (GDPR 7(3))",
    "complain to the supervisory authority (GDPR 77)",
)
_DEVICE = "device:"


class Way(StrEnum):
    """Who asked for the export."""

    CUSTOMER = "customer"  # with the receipt code: needs nobody else
    OFFICER = "officer"
    COMMAND = "command"


def export(office: Office, subject_id: str, way: Way, *, actor: str) -> dict[str, Any]:
    """Return everything that is held of a customer.

    An officer and the command line need a second person first (R44); customers do not.

    Raises:
        SubjectUnknownError: never joined, or erased.
        ApprovalNeededError: a second person has not approved it yet.
        LedgerError: it cannot be logged, so nothing is returned.
    """
    with office.databases.identity.read() as identity:
        if identity.get(SubjectRow, subject_id) is None:
            raise SubjectUnknownError("There is no such customer here: never joined, or erased.")
    if way is not Way.CUSTOMER:
        require(office, Matter.EXPORT, f"customer {subject_id}", actor=actor, about=subject_id)
    now = office.now()
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.EXPORT_MADE,
            actor=actor,
            about=subject_id,
            detail={"way": way.value},
            now=now,
        )
        grants = records.standing_for_the_customer(identity, subject_id, now)
    parts = held(office, subject_id, grants)
    with office.databases.identity.read() as identity:
        cameras = _cameras(identity, office, parts)
        actors = _actors(identity, parts)
    controller = office.controller
    return {
        "schema": SCHEMA,
        "made_at": stamp(now),
        "controller": {
            "name": controller.name,
            "address": controller.address,
            "contact": controller.contact,
            "dpo": controller.dpo,
            "demo": controller.demo,
        },
        "standing": [purpose.value for purpose in grants],
        **parts,
        "cameras_with_a_template": cameras,
        "actors": actors,
        "retention": {
            purpose.value: {
                "until": kept(office.profile, purpose),
                "consent_lapses": stamp(grant.expires_at) if grant.expires_at else None,
            }
            for purpose, grant in grants.items()
        },
        "recipients": [],
        "sources": list(_SOURCES),
        "automated_decisions": "none: staff decide; recognition only shows them a card",
        "rights": list(_RIGHTS),
        "authority": office.profile.authority,
    }


def _cameras(identity: Session, office: Office, parts: Held) -> list[Row]:
    """Return the camera boxes that may hold the template now, and until when without us."""
    if not parts["face_templates"]:
        return []
    return [
        {
            "name": edge.name,
            "camera": edge.camera,
            "until": stamp(edge.lease_until) if edge.lease_until else None,
        }
        for edge in edge_states(identity, office.now())
        if edge.leased
    ]


def _actors(identity: Session, parts: Held) -> dict[str, Row]:
    """Say what each number of who acted is: the roles of a member of staff, the kind of a device.

    Not their names: the customer has a right to know what was done, and staff to their privacy
    (CJEU C-579/21); the officer can answer with the name where it matters.
    """
    return {actor: _actor(identity, actor) for actor in sorted(set(_mentioned(parts)))}


def _mentioned(parts: Held) -> Iterable[str]:
    columns = ("actor", "author", "opened_by", "received_by", "owner", "proposed_by", "decided_by")
    for rows in parts.values():
        for row in rows:
            yield from (str(row[column]) for column in columns if row.get(column))
            body = row.get("body")
            if isinstance(body, Mapping) and body.get("entity_id"):
                yield str(body["entity_id"])


def _actor(identity: Session, actor: str) -> Row:
    person = find_person(identity, actor)
    if person is not None:
        return {"kind": "staff", "roles": sorted(role.value for role in person.roles)}
    device = identity.get(DeviceRow, actor.removeprefix(_DEVICE))
    if device is not None:
        return {"kind": "device", "device": device.kind, "name": device.name}
    return {"kind": "customer" if actor == CUSTOMER else "program"}
