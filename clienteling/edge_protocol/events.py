"""What the hub tells a camera over the event stream (SSE)."""

from typing import Annotated, Literal

import rfc8785
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from clienteling.edge_protocol.messages import Count, EdgePolicy, Identifier, Message, WireError


class Hello(Message):
    """First on every connection; whatever was missed while away shows in these fields."""

    type: Literal["hello"] = "hello"
    hub_time: AwareDatetime
    gallery_version: Count
    stopped: bool
    policy: EdgePolicy


class GalleryChanged(Message):
    type: Literal["gallery"] = "gallery"
    version: Count


class Revoke(Message):
    """Forget these aliases now, then pull `version` and acknowledge it."""

    type: Literal["revoke"] = "revoke"
    version: Count
    aliases: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=10_000)]


class Stop(Message):
    type: Literal["stop"] = "stop"


class Resume(Message):
    type: Literal["resume"] = "resume"


class OpenWindow(Message):
    """A customer pressed, or showed a pass. At most the policy's `window_seconds` long.

    Under `pass` it is for the one template of `alias`. A pass that was read somewhere else than
    with the camera comes with it: `sealed_pass` is its 32 secret bytes, by HPKE to this device with
    `pass_info` as info.
    """

    type: Literal["open_window"] = "open_window"
    camera: Identifier
    window_id: Identifier
    opened_at: AwareDatetime
    expires_at: AwareDatetime
    alias: Identifier | None = None
    sealed_pass: Annotated[bytes, Field(min_length=32, max_length=4096)] | None = None


class CloseWindow(Message):
    type: Literal["close_window"] = "close_window"
    window_id: Identifier


class PolicyChanged(Message):
    """This is what the camera may do from now on (its zone was marked anew, say)."""

    type: Literal["policy"] = "policy"
    policy: EdgePolicy


class ShowView(Message):
    """A manager wants to mark the zone: send mosaics until then, at most `VIEW_SECONDS`."""

    type: Literal["show_view"] = "show_view"
    camera: Identifier
    view_id: Identifier
    opened_at: AwareDatetime
    expires_at: AwareDatetime


class Reset(Message):
    """Events may have been missed: pull the gallery as if newly connected."""

    type: Literal["reset"] = "reset"


EdgeEvent = (
    Hello
    | GalleryChanged
    | Revoke
    | Stop
    | Resume
    | OpenWindow
    | CloseWindow
    | PolicyChanged
    | ShowView
    | Reset
)
_EVENT: TypeAdapter[EdgeEvent] = TypeAdapter(Annotated[EdgeEvent, Field(discriminator="type")])


def encode_event(event: EdgeEvent) -> tuple[str, str]:
    """Return the SSE `event:` name and its one-line `data:`."""
    return event.type, event.model_dump_json()


def decode_event(name: str, data: str) -> EdgeEvent:
    """Return the event.

    Raises:
        WireError: the data is not of this protocol, or names another event than the stream did.
    """
    try:
        event = _EVENT.validate_json(data)
    except ValidationError as error:
        raise WireError(f"The hub sent an event that this camera does not know: {name}.") from error
    if event.type != name:
        raise WireError(f"The hub sent an event named {name} that says it is {event.type}.")
    return event


def pass_info(device_id: str, window_id: str) -> bytes:
    """Return HPKE's info for a pass on its way to a camera: for this device and window only."""
    return rfc8785.dumps(["clienteling-pass-key-v1", device_id, window_id])
