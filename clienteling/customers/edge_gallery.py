"""The gallery as one edge device gets it: re-sealed for that device, leased, aliases only."""

import secrets
from datetime import timedelta

from sqlalchemy.orm import Session

from clienteling.customers.passes import SealedPass, sealed_passes
from clienteling.customers.templates import OpenTemplate, as_sealed, open_templates
from clienteling.edge_protocol import (
    EdgePolicy,
    GalleryEntry,
    GalleryReply,
    OlderGallery,
    PassEntry,
    gallery_aad,
    gallery_info,
    turn_aad,
)
from clienteling.recognition.frames import wipe
from consent.errors import LedgerError
from consent.log.ledger import (
    EventKind,
    append,
    consistency_proof,
    gallery_version,
    latest_checkpoint,
)
from consent.office import Office
from consent.purposes import Purpose
from consent.sealing import hpke_wrap, seal


def pack_gallery(
    office: Office,
    *,
    device_id: str,
    open_public: bytes,
    policy: EdgePolicy,
    stopped: bool,
    log_size: int | None = None,
) -> GalleryReply:
    """Return the current gallery, readable by this device only, and log that it was sent.

    The version is read before the templates are, so a change in between makes the edge ask again.
    It holds the templates of the policy's purpose and of no other (P1, P7). While recognition is
    stopped the gallery is empty. Under `pass` it holds what a pass opens, as
    it is, and no template that can be compared without one.
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        version = gallery_version(identity)
    content_key = secrets.token_bytes(32)
    models = () if stopped else (policy.model_id, *policy.also)
    by_pass = policy.policy == "pass"
    purpose = Purpose(policy.purpose)
    sealed = {
        model_id: _sealed(office, content_key, device_id, version, (model_id, purpose))
        for model_id in (() if by_pass else models)
    }
    entries, turn = sealed.pop(policy.model_id, ((), None))
    older = tuple(
        OlderGallery(model_id=model_id, entries=templates, turn=own)
        for model_id, (templates, own) in sealed.items()
        if templates
    )
    passes = tuple(
        _pass_entry(content_key, device_id, version, sealed_pass)
        for model_id in (models if by_pass else ())
        for sealed_pass in sealed_passes(office, model_id)
    )
    wrapped = hpke_wrap(open_public, content_key, gallery_info(device_id, version))
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.GALLERY_SENT,
            actor=f"device:{device_id}",
            about=None,
            detail={
                "device": device_id,
                "version": version,
                "templates": len(entries) + sum(len(one.entries) for one in older) + len(passes),
            },
            now=now,
        )
        checkpoint = latest_checkpoint(identity)
        proof = _growth(identity, log_size, checkpoint.size)
    return GalleryReply(
        version=version,
        model_id=policy.model_id,
        issued_at=now,
        lease_until=now + timedelta(seconds=policy.lease_seconds),
        content_key=wrapped,
        entries=entries,
        turn=turn,
        older=older,
        passes=passes,
        stopped=stopped,
        policy=policy,
        checkpoint=checkpoint.note,
        consistency=proof,
    )


def _growth(identity: Session, old: int | None, new: int) -> tuple[bytes, ...] | None:
    """Return the proof that an edge asked for, or none: it refuses what is not proven."""
    if old is None or not 0 <= old <= new:
        return None
    try:
        return consistency_proof(identity, old, new)
    except LedgerError:
        return None


def _sealed(
    office: Office, content_key: bytes, device_id: str, version: int, of: tuple[str, Purpose]
) -> tuple[tuple[GalleryEntry, ...], bytes | None]:
    """Seal the templates of one model and purpose, and how they are turned, for the device.

    What was opened is overwritten.
    """
    model_id, purpose = of
    opened = open_templates(office, model_id, purpose)
    try:
        entries = tuple(
            _entry(content_key, device_id, version, model_id, template)
            for template in opened.templates
        )
    finally:
        wipe(opened.matrix)
    if opened.turn is None:
        return (), None
    return entries, seal(content_key, opened.turn.seed, turn_aad(device_id, version, model_id))


def _entry(
    content_key: bytes, device_id: str, version: int, model_id: str, template: OpenTemplate
) -> GalleryEntry:
    """Seal one template for the device."""
    images, stricter = template.images, template.stricter
    aad = gallery_aad(device_id, version, template.alias, model_id, images, stricter)
    sealed = seal(content_key, as_sealed(template.vector), aad)
    return GalleryEntry(alias=template.alias, sealed=sealed, images=images, stricter=stricter)


def _pass_entry(content_key: bytes, device_id: str, version: int, one: SealedPass) -> PassEntry:
    """Seal for the device what stays sealed for the pass."""
    aad = gallery_aad(device_id, version, one.alias, one.model_id, one.images, one.stricter)
    return PassEntry(
        alias=one.alias,
        model_id=one.model_id,
        binding=one.binding,
        sealed=seal(content_key, one.sealed, aad + one.binding),
        images=one.images,
        stricter=one.stricter,
    )
