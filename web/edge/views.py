"""The edge API, `/edge/v1`: what camera boxes say and ask. Signed, versioned, JSON.

Everything but `pair` carries the device's signature; `web.edge.entrance` checks it before a view
runs, and hands the view the device.
"""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from clienteling.access.devices import EdgeKeys, PairedDevice, PairingError, redeem_edge
from clienteling.access.edges import EdgeRefusedError
from clienteling.access.models import DeviceRow
from clienteling.edge_protocol import (
    LEASE_HEADER,
    PREFIX,
    Ack,
    BatchReply,
    GalleryReply,
    Health,
    HealthReply,
    Hello,
    Mosaic,
    PairReply,
    PairRequest,
    SightingBatch,
    encode_event,
)
from clienteling.service.cameras import RESET_DATA, topic
from clienteling.service.galleries import Renewed
from consent.clock import stamp
from consent.log.notes import origin_of, verifier_key
from web.api.operations import Operation, operation
from web.context import Hub, current_hub
from web.edge.entrance import body_of, camera_policy, init_entrance, signed_device
from web.limits import limited
from web.sse import stream

blueprint = Blueprint("edge", __name__, url_prefix=PREFIX)
init_entrance(blueprint)

#: What a signed request may be refused with.
_SIGNED = (400, 401, 403, 409, 413, 503)


@blueprint.post("/pair")
@limited("10 per minute")
@operation(
    Operation(
        "Pair a camera box",
        takes=PairRequest,
        answers={200: PairReply},
        refuses=(400, 403, 413, 503),
    )
)
def pair() -> ResponseReturnValue:
    """Trade a one-time code for an identity; the only request without a signature."""
    hub = current_hub()
    asked = body_of(PairRequest)
    camera_policy(hub, None)  # a hub that serves no cameras takes no code
    keys = EdgeKeys(asked.sign_public, asked.open_public)
    try:
        with hub.databases.identity.write() as identity:
            device = redeem_edge(identity, hub.office.ring, asked.code, keys, hub.now())
    except PairingError as error:
        raise EdgeRefusedError("unknown_code", str(error)) from error
    controller, log_public = hub.office.controller, hub.office.ring.log_public
    return _json(
        PairReply(
            device_id=device.id,
            camera=device.camera or "",
            tenant=controller.tenant,
            store=controller.name,
            policy=camera_policy(hub, device.camera),
            hub_time=hub.now(),
            log_key=verifier_key(origin_of(log_public), log_public),
        )
    )


@blueprint.get("/gallery")
@operation(
    Operation(
        "Fetch the sealed gallery, or a longer lease",
        answers={200: GalleryReply, 304: None},
        refuses=_SIGNED,
    )
)
def gallery() -> ResponseReturnValue:
    """Send the gallery sealed for this device, or 304 and a longer lease."""
    hub, device = current_hub(), signed_device()
    have = request.args.get("have", type=int)
    reply = hub.galleries.hand_out(
        device,
        have,
        camera_policy(hub, device.camera),
        log_size=request.args.get("log", type=int),
    )
    if isinstance(reply, Renewed):
        renewed = Response(status=304)
        renewed.headers[LEASE_HEADER] = stamp(reply.lease_until)
        renewed.set_etag(str(have))
        return renewed
    response = _json(reply)
    response.set_etag(str(reply.version))
    return response


@blueprint.get("/events")
@operation(Operation("Hear what happens", answers={200: "text/event-stream"}, refuses=_SIGNED))
def events() -> ResponseReturnValue:
    """Tell a camera what happens: always `hello` first, then what it missed, then what comes."""
    hub, device = current_hub(), signed_device()
    policy = camera_policy(hub, device.camera)
    standing = hub.galleries.standing(device)
    hello = Hello(
        hub_time=hub.now(),
        gallery_version=standing.gallery_version,
        stopped=standing.stopped,
        policy=policy,
    )
    return stream(
        hub,
        topic(device.camera or ""),
        request.headers.get("Last-Event-ID"),
        first=encode_event(hello),
        reset=RESET_DATA,
        admitted=lambda: _still_paired(hub, device),
    )


@blueprint.post("/sightings")
@operation(
    Operation(
        "Report sightings, how windows ended, and passes shown",
        takes=SightingBatch,
        answers={200: BatchReply},
        refuses=_SIGNED,
    )
)
def sightings() -> ResponseReturnValue:
    """Take sightings, how windows ended and passes shown; sent again, they change nothing."""
    hub, device = current_hub(), signed_device()
    batch = body_of(SightingBatch)
    taken = hub.desk.take(device, batch)
    for shown in batch.shown:
        hub.passes.show(device, shown)
    return _json(BatchReply(hub_time=hub.now(), accepted=taken.accepted, refused=taken.refused))


@blueprint.post("/ack")
@operation(Operation("Say which gallery is held", takes=Ack, answers={204: None}, refuses=_SIGNED))
def ack() -> ResponseReturnValue:
    """Note which gallery version the camera holds now, and nothing older."""
    if not current_hub().galleries.acknowledge(signed_device(), body_of(Ack).version):
        raise EdgeRefusedError("bad_request", "There is no such gallery version here.")
    return Response(status=204)


@blueprint.post("/health")
@operation(
    Operation("Say how the box is", takes=Health, answers={200: HealthReply}, refuses=_SIGNED)
)
def health() -> ResponseReturnValue:
    """Note how the camera is."""
    hub = current_hub()
    standing = hub.galleries.note_health(signed_device(), body_of(Health))
    return _json(
        HealthReply(
            hub_time=hub.now(),
            gallery_version=standing.gallery_version,
            stopped=standing.stopped,
        )
    )


@blueprint.post("/mosaic")
@operation(
    Operation(
        "Send the blurred scene that a manager asked for",
        takes=Mosaic,
        answers={204: None},
        refuses=_SIGNED,
    )
)
def mosaic() -> ResponseReturnValue:
    """Take the scene of a camera, for the manager who asked to see it; it is not kept."""
    if not current_hub().views.take(signed_device().camera or "", body_of(Mosaic)):
        raise EdgeRefusedError("bad_request", "Nobody asked to see this camera.")
    return Response(status=204)


def _still_paired(hub: Hub, device: PairedDevice) -> bool:
    with hub.databases.identity.read() as identity:
        row = identity.get(DeviceRow, device.id)
        return row is not None and row.revoked_at is None


def _json(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), mimetype="application/json")
