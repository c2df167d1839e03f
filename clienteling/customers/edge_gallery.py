"""The gallery as one edge device gets it: re-sealed for that device, leased, aliases only."""

import secrets
from datetime import timedelta

from clienteling.customers.templates import OpenTemplate, as_sealed, open_templates
from clienteling.edge_protocol import (
    EdgePolicy,
    GalleryEntry,
    GalleryReply,
    OlderGallery,
    gallery_aad,
    gallery_info,
)
from consent.ledger import EventKind, append, gallery_version, latest_checkpoint
from consent.office import Office
from consent.sealing import hpke_wrap, seal


def pack_gallery(
    office: Office, *, device_id: str, open_public: bytes, policy: EdgePolicy, stopped: bool
) -> GalleryReply:
    """Return the current gallery, readable by this device only, and log that it was sent.

    The version is read before the templates are, so a change in between makes the edge ask again.
    While recognition is stopped the gallery is empty.
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        version = gallery_version(identity)
    content_key = secrets.token_bytes(32)
    models = () if stopped else (policy.model_id, *policy.also)
    sealed = {
        model_id: _entries(office, content_key, device_id, version, model_id) for model_id in models
    }
    entries = sealed.pop(policy.model_id, ())
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
                "templates": len(entries) + sum(map(len, sealed.values())),
            },
            now=now,
        )
        checkpoint = latest_checkpoint(identity)
    return GalleryReply(
        version=version,
        model_id=policy.model_id,
        issued_at=now,
        lease_until=now + timedelta(seconds=policy.lease_seconds),
        content_key=wrapped,
        entries=entries,
        older=tuple(
            OlderGallery(model_id=model_id, entries=older)
            for model_id, older in sealed.items()
            if older
        ),
        stopped=stopped,
        policy=policy,
        checkpoint=checkpoint.note,
    )


def _entries(
    office: Office, content_key: bytes, device_id: str, version: int, model_id: str
) -> tuple[GalleryEntry, ...]:
    """Seal the templates of one model for the device; what was opened is overwritten."""
    templates = open_templates(office, model_id)
    try:
        return tuple(
            _entry(content_key, device_id, version, model_id, template) for template in templates
        )
    finally:
        for template in templates:
            template.vector.fill(0)


def _entry(
    content_key: bytes, device_id: str, version: int, model_id: str, template: OpenTemplate
) -> GalleryEntry:
    """Seal one template for the device."""
    images, stricter = template.images, template.stricter
    aad = gallery_aad(device_id, version, template.alias, model_id, images, stricter)
    sealed = seal(content_key, as_sealed(template.vector), aad)
    return GalleryEntry(alias=template.alias, sealed=sealed, images=images, stricter=stricter)
