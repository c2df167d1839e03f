import string
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from clienteling.edge_protocol import (
    MAX_GALLERY_BYTES,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    TIME_HEADER,
    CloseWindow,
    EdgeEvent,
    EdgePolicy,
    GalleryChanged,
    GalleryEntry,
    Hello,
    OpenWindow,
    PairRequest,
    Reset,
    Resume,
    Revoke,
    Sighting,
    Stop,
    WireError,
    decode_event,
    encode_event,
    gallery_aad,
    gallery_info,
    read_headers,
    request_message,
    sign_request,
)
from clienteling.recognition.decide import STRICTEST
from consent.canonical import canonical
from consent.sealing import new_device_keys, verify

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
POLICY = EdgePolicy(region="eu", policy="trigger", model_id="sface", live=True)
EVENTS: tuple[EdgeEvent, ...] = (
    Hello(hub_time=NOW, gallery_version=3, stopped=False, policy=POLICY),
    GalleryChanged(version=4),
    Revoke(version=5, aliases=("a", "b")),
    Stop(),
    Resume(),
    OpenWindow(
        camera="door", window_id="w1", opened_at=NOW, expires_at=NOW + timedelta(seconds=10)
    ),
    CloseWindow(window_id="w1"),
    Reset(),
)


def sighting(**changes: object) -> Sighting:
    values: dict[str, object] = {
        "window_id": "w1",
        "alias": "a",
        "gallery_version": 1,
        "camera": "door",
        "score": 0.7,
        "frames": 3,
        "captured_at": NOW,
        "sequence": 1,
        "nonce": bytes(16),
    }
    return Sighting.model_validate(values | changes)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_arrives_as_it_was_sent(event: EdgeEvent) -> None:
    name, data = encode_event(event)
    assert "\n" not in data
    assert decode_event(name, data) == event


def test_an_event_under_another_name_is_refused() -> None:
    _, data = encode_event(Resume())
    with pytest.raises(WireError, match="named stop"):
        decode_event("stop", data)


@pytest.mark.parametrize(
    "data", ["", "{}", '{"type":"stop","v":2}', '{"type":"stop","v":1,"extra":1}', '{"type":"new"}']
)
def test_an_event_that_is_not_of_this_protocol_is_refused(data: str) -> None:
    with pytest.raises(WireError):
        decode_event("stop", data)


def test_bytes_cross_the_wire_unharmed() -> None:
    entry = GalleryEntry(alias="a", sealed=bytes(range(256)), images=3)
    assert GalleryEntry.model_validate_json(entry.model_dump_json()) == entry


@pytest.mark.parametrize(
    "changes",
    [
        {"alias": "a b"},
        {"alias": "a" * 65},
        {"alias": ""},
        {"score": float("nan")},
        {"score": 1.5},
        {"frames": 0},
        {"sequence": -1},
        {"nonce": bytes(15)},
        {"captured_at": datetime(2026, 11, 22)},  # noqa: DTZ001  # without a zone, on purpose
        {"name": "somebody"},
    ],
)
def test_a_sighting_out_of_bounds_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        sighting(**changes)


def test_a_refused_value_is_not_repeated_in_the_error() -> None:
    """Errors are logged; what was refused may be a secret."""
    with pytest.raises(ValidationError) as caught:
        PairRequest(code="x" * 99, name="n", sign_public=bytes(32), open_public=bytes(1216))
    assert "xxx" not in str(caught.value)


@pytest.mark.parametrize("seconds", [0.0, 10.1, 3600.0])
def test_no_policy_can_keep_a_window_open_longer_than_ten_seconds(seconds: float) -> None:
    with pytest.raises(ValidationError):
        EdgePolicy.model_validate(POLICY.model_dump() | {"window_seconds": seconds})


def test_no_policy_can_lease_longer_than_fifteen_minutes() -> None:
    with pytest.raises(ValidationError):
        EdgePolicy.model_validate(POLICY.model_dump() | {"lease_seconds": 901.0})


def fields_of(message: BaseModel) -> set[str]:
    return set(type(message).model_fields)


def test_a_sighting_tells_an_alias_and_nothing_else_of_a_person() -> None:
    """A new field in what a camera tells is a decision, not an accident."""
    assert fields_of(sighting()) == {
        *("window_id", "alias", "gallery_version", "camera", "score", "frames"),
        *("captured_at", "sequence", "nonce", "ground"),
    }


class TestSigning:
    keys = new_device_keys()

    def headers(self, body: bytes = b"{}") -> dict[str, str]:
        return sign_request(self.keys.sign, "d1", "POST", "/edge/v1/ack", body, now=NOW)

    def holds(self, headers: dict[str, str], method: str, path: str, body: bytes) -> bool:
        signed = read_headers(headers)
        message = request_message(method, path, signed.time, signed.nonce, body)
        return verify(self.keys.sign_public, message, signed.signature)

    def test_a_signed_request_verifies(self) -> None:
        headers = self.headers()
        assert self.holds(headers, "POST", "/edge/v1/ack", b"{}")
        signed = read_headers(headers)
        assert (signed.device_id, signed.at) == ("d1", NOW)

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("GET", "/edge/v1/ack", b"{}"),
            ("POST", "/edge/v1/ack?have=1", b"{}"),
            ("POST", "/edge/v1/health", b"{}"),
            ("POST", "/edge/v1/ack", b"{ }"),
        ],
    )
    def test_it_verifies_for_nothing_else(self, method: str, path: str, body: bytes) -> None:
        assert not self.holds(self.headers(), method, path, body)

    @pytest.mark.parametrize("header", [TIME_HEADER, NONCE_HEADER])
    def test_time_and_nonce_are_signed(self, header: str) -> None:
        later = sign_request(
            self.keys.sign, "d1", "POST", "/edge/v1/ack", b"{}", now=NOW + timedelta(seconds=1)
        )
        mixed = self.headers() | {header: later[header]}
        assert not self.holds(mixed, "POST", "/edge/v1/ack", b"{}")

    def test_no_nonce_comes_twice(self) -> None:
        assert len({self.headers()[NONCE_HEADER] for _ in range(100)}) == 100

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            (SIGNATURE_HEADER, None),
            (SIGNATURE_HEADER, "####"),
            (SIGNATURE_HEADER, "AAAA"),
            (NONCE_HEADER, "short"),
            (TIME_HEADER, "yesterday"),
        ],
    )
    def test_a_header_out_of_shape_is_refused(self, header: str, value: str | None) -> None:
        headers = self.headers()
        del headers[header]
        if value is not None:
            headers[header] = value
        with pytest.raises(WireError):
            read_headers(headers)


names = st.text("abc", min_size=1, max_size=3)


bindings = st.tuples(
    names, st.integers(0, 9), names, names, st.integers(1, 9), st.integers(0, STRICTEST)
)


@given(bindings, bindings)
def test_no_two_bindings_of_a_template_are_the_same_bytes(
    binding: tuple[str, int, str, str, int, int], other: tuple[str, int, str, str, int, int]
) -> None:
    assert (gallery_aad(*binding) == gallery_aad(*other)) == (binding == other)
    assert gallery_aad(*binding) != gallery_info(binding[0], binding[1])


identifiers = st.text(string.ascii_letters + string.digits + "_.-", min_size=1, max_size=64)


@given(
    identifiers,
    st.integers(0, 2**53 - 1),
    identifiers,
    identifiers,
    st.integers(1, 1000),
    st.integers(0, STRICTEST),
)
def test_the_binding_of_a_template_is_canonical_json(
    device: str, version: int, alias: str, model: str, images: int, stricter: int
) -> None:
    """Whoever writes another camera may use any RFC 8785 library for it."""
    values = (device, version, alias, model, images, stricter)
    assert gallery_aad(*values) == canonical(["clienteling-gallery-v1", *values])


@pytest.mark.parametrize(
    ("stricter", "fits"), [(0, True), (STRICTEST, True), (STRICTEST + 1, False)]
)
def test_the_wire_knows_as_many_steps_as_a_decision(stricter: int, fits: bool) -> None:
    with nullcontext() if fits else pytest.raises(ValidationError):
        GalleryEntry(alias="a", sealed=bytes(28), stricter=stricter)


def test_the_largest_gallery_fits_into_a_reply() -> None:
    """100,000 entries of the longest vectors that any encoder here makes (256 values)."""
    alias = str(UUID(int=2**128 - 1))
    entry = GalleryEntry(alias=alias, sealed=bytes(28 + 4 * 256), images=1000)
    assert 100_000 * len(entry.model_dump_json()) < MAX_GALLERY_BYTES - 64 * 1024
