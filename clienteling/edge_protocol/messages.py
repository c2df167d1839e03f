"""What edge and hub say to each other, but for the gallery and the events."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from clienteling.errors import ClientelingError

PREFIX = "/edge/v1"
LEASE_HEADER = "X-Clienteling-Lease-Until"  # on a 304: `stamp` text of the renewed lease

MAX_SKEW_SECONDS = 30.0  # a request older or younger than this is refused, and so is a sighting
NONCE_MEMORY_SECONDS = 60.0  # must exceed the skew on either side
KEEPALIVE_SECONDS = 5.0  # the hub sends an event or a comment at least this often
HEALTH_SECONDS = 10.0  # the edge reports at least this often
MAX_REQUEST_BYTES = 64 * 1024  # any request body
MAX_GALLERY_BYTES = 160 * 1024 * 1024  # any reply: 100,000 entries of 256 values each

MOSAIC_COLUMNS = 32
MOSAIC_ROWS = 18
MOSAIC_CELLS = MOSAIC_COLUMNS * MOSAIC_ROWS
MOSAIC_LEVELS = 16
PASS_SECONDS = 5.0  # a pass that was shown longer ago opens no window
VIEW_SECONDS = 60.0  # a camera shows a mosaic for at most so long after it was asked

Policy = Literal["pass", "trigger", "zone", "ambient"]
Ground = Literal["window", "zone", "ambient"]
EdgePurpose = Literal["recognise", "till"]  # whose templates a camera gets (P1, P7)
AttackCheck = Literal["none", "passive", "passive+model"]  # against prints and screens
DecisionName = Literal["match", "ambiguous", "unknown", "spoof", "abort", "none"]
MatchingState = Literal[
    "matching",
    "stopped",
    "no_gallery",
    "lease_out",
    "clock_off",
    "no_policy",
    "no_lane",
    "model_differs",
    "calibration_unfit",
    "calibration_unapproved",
    "log_rolled_back",
    "log_unproven",
    "ended",
]
SourceState = Literal[
    "connecting",
    "ok",
    "no_device",
    "unreachable",
    "not_found",
    "refused",
    "wrong_codec",
    "no_pictures",
    "black",
    "frozen",
    "too_small",
]
ErrorCode = Literal[
    "bad_request",
    "bad_signature",
    "clock_skew",
    "replayed",
    "revoked",
    "unknown_code",
    "unavailable",
]

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]


class WireError(ClientelingError):
    """A message from the other side of the wire does not follow this protocol."""


class Wire(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        ser_json_bytes="base64",
        val_json_bytes="base64",
        hide_input_in_errors=True,
        protected_namespaces=(),
    )


class Message(Wire):
    v: Literal[1] = 1


class Zone(Wire):
    """The near zone as fractions of the picture, from its top left corner."""

    x: Fraction = 0.0
    y: Fraction = 0.0
    w: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    h: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0


class EdgePolicy(Wire):
    """What a camera may do. The hub decides it; a camera without one does not match."""

    region: Identifier
    policy: Policy
    model_id: Identifier  # the encoder that the gallery is made with
    # Encoders before it, of which some customers still have their template.
    also: Annotated[tuple[Identifier, ...], Field(max_length=4)] = ()
    live: bool  # False in replay and benches only
    window_seconds: Annotated[float, Field(gt=0.0, le=10.0)] = 10.0
    zone: Zone = Zone()
    min_face_height: Fraction = 0.20
    # SHA-256 (hex) of calibrations of the shop's own that two persons approved (R44).
    calibrations: Annotated[tuple[Digest, ...], Field(max_length=16)] = ()
    challenge: bool = False  # under `trigger`: steps are made in the order of `window_id`
    lease_seconds: Annotated[float, Field(gt=0.0, le=900.0)] = 900.0
    # Left out unless it is the till, so that other cameras need not know it.
    purpose: Annotated[EdgePurpose, Field(exclude_if=lambda it: it == "recognise")] = "recognise"

    @model_validator(mode="after")
    def _asks_at_a_till(self) -> Self:
        if self.purpose == "till" and not (self.policy == "trigger" and self.challenge):
            raise ValueError("at a till somebody asks, and makes the steps of a challenge")
        return self


class PairRequest(Message):
    """Asked once, with the one-time code; the private keys never leave the camera's folder."""

    code: Annotated[str, Field(min_length=4, max_length=64)]
    name: Words
    sign_public: Annotated[bytes, Field(min_length=32, max_length=32)]
    open_public: Annotated[bytes, Field(min_length=32, max_length=4096)]


class PairReply(Message):
    device_id: Identifier
    camera: Identifier
    tenant: Words
    store: Words
    policy: EdgePolicy
    hub_time: AwareDatetime
    #: Verifier key of the log (C2SP); empty: a hub of an earlier version.
    log_key: Annotated[str, Field(max_length=400)] = ""


class Sighting(Wire):
    """An alias was seen. The only thing that a camera tells of a person.

    `ground` says why the camera looked: a window that the customer opened, whose id it names, or a
    policy (`zone`, `ambient`) that needs none.
    """

    ground: Ground = "window"
    window_id: Identifier | None
    alias: Identifier
    gallery_version: Count
    camera: Identifier
    score: Annotated[float, Field(ge=-1.0, le=1.0)]
    frames: Annotated[int, Field(ge=1, le=10_000)]
    captured_at: AwareDatetime
    sequence: Count  # strictly increasing per device, also over restarts
    nonce: Annotated[bytes, Field(min_length=16, max_length=16)]

    @model_validator(mode="after")
    def _names_a_window_or_needs_none(self) -> Self:
        if (self.ground == "window") != (self.window_id is not None):
            raise ValueError("a sighting names its window, or a ground that needs none")
        return self


class WindowClosed(Wire):
    """How a window ended; `none` when nobody usable was seen."""

    window_id: Identifier
    decision: DecisionName
    frames: Count


class PassShown(Wire):
    """A code was held up to a camera that looks for passes (`pass`); nobody's face was looked at.

    With an alias, the camera holds that pass's template and asks for a window. Without one it was
    no pass, or none of this shop's any more; which of the two, the hub need not know. It counts
    for a few seconds only, like a press.
    """

    shown_id: Identifier
    camera: Identifier
    alias: Identifier | None
    shown_at: AwareDatetime


class SightingBatch(Message):
    """Idempotent: the hub answers 200 to a batch that it has already taken."""

    sightings: Annotated[tuple[Sighting, ...], Field(max_length=50)] = ()
    closed: Annotated[tuple[WindowClosed, ...], Field(max_length=50)] = ()
    shown: Annotated[tuple[PassShown, ...], Field(max_length=50)] = ()


class BatchReply(Message):
    """`accepted` counts sightings taken now or before; `refused` those too old or out of order."""

    hub_time: AwareDatetime
    accepted: Count
    refused: Count


class Ack(Message):
    """This version, and nothing older, is what the camera now holds."""

    version: Count


class Counters(Wire):
    match: Count = 0
    ambiguous: Count = 0
    unknown: Count = 0
    spoof: Count = 0
    abort: Count = 0
    none: Count = 0


class SourceHealth(Wire):
    """What comes from the lens: measured pictures a second, and their size in pixels.

    `fps` and size are 0 while nothing was measured. `black` and `frozen` are judged by an
    occasional picture that is overwritten at once (docs/decisions/0086).
    """

    state: SourceState
    fps: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.0
    width: Annotated[int, Field(ge=0, le=100_000)] = 0
    height: Annotated[int, Field(ge=0, le=100_000)] = 0


class Health(Message):
    """How the camera is. Counters since its start; nothing about any person."""

    state: MatchingState
    gallery_version: Count | None
    policy: Policy | None
    encoder_calls: Count
    encoder_calls_without_permit: Count
    counters: Counters
    frames: Count
    calibration: Annotated[str, Field(max_length=200)]  # the source of the active thresholds
    clock: AwareDatetime
    attack_check: AttackCheck = "none"
    source: SourceHealth | None = None  # None from a camera of an earlier version


class Mosaic(Message):
    """What a zone is drawn on: the scene as a few hundred grey cells, row by row from the top.

    Faces were painted out before, and each cell averages hundreds of pixels down to one of 16 grey
    levels. It answers one `ShowView`; nothing like it is ever sent unasked (docs/decisions/0088).
    """

    view_id: Identifier
    width: Annotated[int, Field(ge=1, le=100_000)]  # of the picture, for its proportions
    height: Annotated[int, Field(ge=1, le=100_000)]
    cells: Annotated[bytes, Field(min_length=MOSAIC_CELLS, max_length=MOSAIC_CELLS)]

    @field_validator("cells")
    @classmethod
    def _few_levels(cls, cells: bytes) -> bytes:
        if max(cells) >= MOSAIC_LEVELS:
            raise ValueError("a cell has one of 16 grey levels")
        return cells


class HealthReply(Message):
    """The edge pulls when `gallery_version` is not the one that it holds."""

    hub_time: AwareDatetime
    gallery_version: Count
    stopped: bool


class ErrorReply(Message):
    """The body of every refusal. `message` is a sentence for the person who looks after the box."""

    error: ErrorCode
    message: Words
    hub_time: AwareDatetime | None = None
