"""The door of the edge API: size, signature, form; and refusals in the protocol's own words."""

from typing import TypeVar

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from clienteling.access.devices import PairedDevice
from clienteling.access.edges import EdgeRefusedError, SignedRequest, verify_edge_request
from clienteling.edge_protocol import (
    MAX_REQUEST_BYTES,
    PREFIX,
    EdgePolicy,
    ErrorCode,
    ErrorReply,
)
from clienteling.errors import ClientelingError
from clienteling.service.zones import policy_of
from consent.errors import ConsentError
from web.context import Hub, current_hub

_STATUS: dict[ErrorCode, int] = {
    "bad_request": 400,
    "bad_signature": 401,
    "clock_skew": 401,
    "revoked": 403,
    "unknown_code": 403,
    "replayed": 409,
    "unavailable": 503,
}

_Model = TypeVar("_Model", bound=BaseModel)


def init_entrance(blueprint: Blueprint) -> None:
    """Check every request of the blueprint, but pairing, before its view runs."""

    @blueprint.before_request
    def check() -> ResponseReturnValue | None:
        if (request.content_length or 0) > MAX_REQUEST_BYTES:
            return _refusal("bad_request", "The request is too large.", status=413)
        if request.path == f"{PREFIX}/pair":
            return None
        hub = current_hub()
        signed = SignedRequest(
            request.method, _path_query(), dict(request.headers), request.get_data()
        )
        with hub.databases.identity.read() as identity:
            g.edge_device = verify_edge_request(identity, hub.nonces, signed, hub.now())
        return None

    blueprint.register_error_handler(EdgeRefusedError, _refused)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.register_error_handler(ClientelingError, _unavailable)
    blueprint.register_error_handler(ConsentError, _unavailable)


def signed_device() -> PairedDevice:
    """Return the edge whose signature was checked.

    Raises:
        EdgeRefusedError: none was.
    """
    device: PairedDevice | None = g.get("edge_device")
    if device is None:
        raise EdgeRefusedError("bad_signature", "The request is not signed.")
    return device


def camera_policy(hub: Hub, camera: str | None) -> EdgePolicy:
    """Return what this camera may do here; None: any.

    Raises:
        EdgeRefusedError: this hub serves no cameras.
    """
    if hub.policy is None:
        raise EdgeRefusedError("unavailable", "This hub serves no cameras. Start it with a policy.")
    if camera is None:
        return hub.policy
    with hub.databases.identity.read() as identity:
        return policy_of(identity, hub.policy, camera)


def body_of(model: type[_Model]) -> _Model:
    """Return the request's body in shape.

    Raises:
        EdgeRefusedError: it is not of this protocol.
    """
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        where = ", ".join(sorted({".".join(map(str, issue["loc"])) for issue in error.errors()}))
        message = f"The request is not of this protocol: {where or 'the whole'}."
        raise EdgeRefusedError("bad_request", message[:200]) from error


def _path_query() -> str:
    """Return path and query as they were sent, which is how they were signed."""
    raw: str = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or ""
    if raw.startswith("/"):
        return raw
    query = request.query_string.decode("ascii", "replace")
    return f"{request.path}?{query}" if query else request.path


def _refused(error: EdgeRefusedError) -> ResponseReturnValue:
    return _refusal(error.code, str(error))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    code: ErrorCode = "unavailable" if status >= 500 else "bad_request"  # noqa: PLR2004
    return _refusal(code, error.description or "The request cannot be answered.", status=status)


def _unavailable(error: ClientelingError | ConsentError) -> ResponseReturnValue:
    return _refusal("unavailable", str(error))


def _refusal(code: ErrorCode, message: str, *, status: int | None = None) -> ResponseReturnValue:
    reply = ErrorReply(error=code, message=message[:200], hub_time=current_hub().now())
    return Response(
        reply.model_dump_json(), status=status or _STATUS[code], mimetype="application/json"
    )
