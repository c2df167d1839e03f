"""The camera's part: guidance while the customer positions, then three views at once.

Opens only while the consent to be recognised is recorded: of somebody who joins (`Joining`), or who
has new pictures taken (`Renewing`). Frames are only looked at for where a
face is; nothing is encoded before "Take". Pictures live in buffers of ours that are overwritten
(R3, R24).
"""

from contextlib import ExitStack
from time import monotonic
from typing import cast

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.customers import enrolment
from clienteling.recognition.detect import PHOTO_SIDE
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image, wipe
from clienteling.recognition.likeness import Likeness
from clienteling.recognition.quality import ENROL_KIOSK, assess
from clienteling.recognition.template import RefusalCode
from clienteling.service.joining import count_enrolled
from consent.errors import ConsentMissingError
from consent.keystore.holder import HolderSecret, new_holder_secret
from web.context import current_hub
from web.errors import answer
from web.guards import this_device
from web.kiosk.context import after_pictures, blueprint, face_possible, picturing
from web.kiosk.pictures import (
    MAX_CAPTURE_BYTES,
    MAX_FRAME_BYTES,
    Body,
    body_of,
    decode,
    decoded,
    split_views,
)
from web.kiosk.sessions import Joining, Picturing, Renewing, SessionGoneError
from web.kiosk.wording import guidance

#: More than that is refused: guidance needs no more, and the hub has other work.
FRAMES_A_SECOND = 4


@blueprint.get("/session/<session_id>/camera")
def camera(session_id: str) -> ResponseReturnValue:
    """Show the camera's screen: the only page of this application that opens one."""
    session = picturing(session_id)
    with session.lock:
        if not session.capturing:
            return redirect(after_pictures(session), 303)
    return render_template(
        "kiosk/camera.html",
        visit=session,
        guidance=guidance(),
        renewing=isinstance(session, Renewing),
        possible=face_possible(current_hub()),
    )


@blueprint.post("/session/<session_id>/frame")
def frame(session_id: str) -> ResponseReturnValue:
    """Look at one frame (image/jpeg) and say what to change. Detects; encodes nothing."""
    session = picturing(session_id)
    engine = _capturing(session)
    if request.mimetype != "image/jpeg":
        return _wrong_kind()
    if not _is_due(session):
        return answer(429, "too_fast", gettext("Send at most four pictures a second."))
    with (
        body_of(_body(), request.content_length, MAX_FRAME_BYTES) as jpeg,
        decoded(jpeg) as image,
    ):
        faces = engine.detector.detect(image, longest_side=PHOTO_SIDE)
        codes = assess(image, faces, ENROL_KIOSK).codes
    return jsonify(codes=[str(code) for code in codes], ok=not codes)


@blueprint.post("/session/<session_id>/capture")
def capture(session_id: str) -> ResponseReturnValue:
    """Make the template from three views (see pictures.py), or say why they cannot be used."""
    session = picturing(session_id)
    if request.mimetype != "application/octet-stream":
        return _wrong_kind()
    with ExitStack() as wiping, session.lock:
        engine = _capturing(session)
        body = wiping.enter_context(body_of(_body(), request.content_length, MAX_CAPTURE_BYTES))
        images = []
        for view in split_views(body):
            image = decode(view)
            wiping.callback(wipe, image)
            images.append(image)
        holder = new_holder_secret() if current_hub().home.by_pass else None
        captured = _make(session, engine, images, holder)
        if not captured.result.accepted:
            refused = captured.result.refused
            return jsonify(made=False, codes=_codes([code for _, code in refused]))
        session.capturing, session.template = False, True
        session.likeness, session.holder = captured.likeness, holder
        if isinstance(session, Joining) and session.began_at is not None:
            count_enrolled(current_hub().office, session.began_at)
    return jsonify(
        made=True,
        look_alike=session.likeness is not Likeness.NONE,
        next=after_pictures(session),
    )


@blueprint.post("/session/<session_id>/without")
def without(session_id: str) -> ResponseReturnValue:
    """Stop before a picture was taken. Of who joins, recognition counts as withdrawn."""
    session = picturing(session_id)
    with session.lock:
        if isinstance(session, Joining) and session.member is not None and session.capturing:
            enrolment.abandon(current_hub().office, session.member.flow_id)
        session.capturing = False
    return redirect(after_pictures(session), 303)


def _make(
    session: Picturing, engine: Engine, images: list[Image], holder: HolderSecret | None
) -> enrolment.Captured:
    """Make the first template of who joins, or one in the place of an earlier one.

    Raises:
        SessionGoneError: the consent to be recognised ended meanwhile.
    """
    office = current_hub().office
    if isinstance(session, Joining) and session.member is not None:
        return enrolment.capture(
            office,
            engine,
            flow_id=session.member.flow_id,
            subject_id=session.member.subject_id,
            images=images,
            gate=ENROL_KIOSK,
            holder=holder,
        )
    if not isinstance(session, Renewing):
        raise SessionGoneError
    try:
        return enrolment.renew(
            office,
            engine,
            subject_id=session.subject_id,
            images=images,
            gate=ENROL_KIOSK,
            actor=this_device().actor,
            holder=holder,
        )
    except ConsentMissingError as error:
        raise SessionGoneError from error


def _capturing(session: Picturing) -> Engine:
    """Return what makes a template.

    Raises:
        SessionGoneError: no consent to be recognised is recorded, or its template is made.
    """
    hub = current_hub()
    if not session.capturing or hub.engine is None or not face_possible(hub):
        raise SessionGoneError
    return hub.engine


def _body() -> Body:
    return cast(Body, request.stream)  # a limited raw stream; its type says less than it is


def _is_due(session: Picturing) -> bool:
    now = monotonic()
    with session.lock:
        recent = [at for at in session.frames if at > now - 1.0]
        if len(recent) >= FRAMES_A_SECOND:
            return False
        session.frames = (*recent, now)
    return True


def _codes(codes: list[RefusalCode]) -> list[str]:
    return [str(code) for code in dict.fromkeys(codes)]


def _wrong_kind() -> ResponseReturnValue:
    return answer(415, "wrong_kind", gettext("Send the picture as it is, not in a form."))
