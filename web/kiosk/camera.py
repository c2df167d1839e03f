"""The camera's part of joining: guidance while the customer positions, then three views at once.

Opens only after the consent to be recognised is recorded. Frames are only looked at for where a
face is; nothing is encoded before "Take". Pictures live in buffers of ours that are overwritten
(R3, R24).
"""

from contextlib import ExitStack
from time import monotonic
from typing import cast

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.customers import enrolment
from clienteling.recognition.detect import PHOTO_SIDE
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import wipe
from clienteling.recognition.likeness import Likeness
from clienteling.recognition.quality import ENROL_KIOSK, assess
from clienteling.recognition.template import RefusalCode
from consent.holder import new_holder_secret
from web.context import current_hub
from web.errors import answer
from web.kiosk.context import blueprint, face_possible, joining
from web.kiosk.pictures import (
    MAX_CAPTURE_BYTES,
    MAX_FRAME_BYTES,
    Body,
    body_of,
    decode,
    decoded,
    split_views,
)
from web.kiosk.sessions import Joining, Membership, SessionGoneError
from web.kiosk.wording import guidance

#: More than that is refused: guidance needs no more, and the hub has other work.
FRAMES_A_SECOND = 4


@blueprint.get("/session/<session_id>/camera")
def camera(session_id: str) -> ResponseReturnValue:
    """Show the camera's screen: the only page of this application that opens one."""
    session = joining(session_id)
    with session.lock:
        if session.member is None or not session.capturing:
            return redirect(url_for("kiosk.receipt", session_id=session.id), 303)
    return render_template(
        "kiosk/camera.html",
        visit=session,
        guidance=guidance(),
        possible=face_possible(current_hub()),
    )


@blueprint.post("/session/<session_id>/frame")
def frame(session_id: str) -> ResponseReturnValue:
    """Look at one frame (image/jpeg) and say what to change. Detects; encodes nothing."""
    session = joining(session_id)
    engine, _member = _capturing(session)
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
    session = joining(session_id)
    if request.mimetype != "application/octet-stream":
        return _wrong_kind()
    with ExitStack() as wiping, session.lock:
        engine, member = _capturing(session)
        body = wiping.enter_context(body_of(_body(), request.content_length, MAX_CAPTURE_BYTES))
        images = []
        for view in split_views(body):
            image = decode(view)
            wiping.callback(wipe, image)
            images.append(image)
        holder = new_holder_secret() if current_hub().home.by_pass else None
        captured = enrolment.capture(
            current_hub().office,
            engine,
            flow_id=member.flow_id,
            subject_id=member.subject_id,
            images=images,
            gate=ENROL_KIOSK,
            holder=holder,
        )
        if not captured.result.accepted:
            refused = captured.result.refused
            return jsonify(made=False, codes=_codes([code for _, code in refused]))
        session.capturing, session.template = False, True
        session.likeness, session.holder = captured.likeness, holder
    return jsonify(
        made=True,
        look_alike=session.likeness is not Likeness.NONE,
        next=url_for("kiosk.receipt", session_id=session.id),
    )


@blueprint.post("/session/<session_id>/without")
def without(session_id: str) -> ResponseReturnValue:
    """Stop before a picture was taken: recognition counts as withdrawn, the rest stands."""
    session = joining(session_id)
    with session.lock:
        if session.member is not None and session.capturing:
            enrolment.abandon(current_hub().office, session.member.flow_id)
            session.capturing = False
    return redirect(url_for("kiosk.receipt", session_id=session.id), 303)


def _capturing(session: Joining) -> tuple[Engine, Membership]:
    """Return what a picture needs.

    Raises:
        SessionGoneError: no consent to be recognised is recorded, or its template is made.
    """
    hub = current_hub()
    if session.member is None or not session.capturing or hub.engine is None:
        raise SessionGoneError
    if not face_possible(hub):
        raise SessionGoneError
    return hub.engine, session.member


def _body() -> Body:
    return cast(Body, request.stream)  # a limited raw stream; its type says less than it is


def _is_due(session: Joining) -> bool:
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
