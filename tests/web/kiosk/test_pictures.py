"""Bodies with pictures: bounded, checked before decoding, overwritten."""

import io

import numpy as np
import pytest

from clienteling.recognition.pictures import PictureError
from tests.support import webcam
from tests.support.kiosk import views
from web.kiosk.pictures import body_of, decode, decoded, split_views

JPEG = webcam.jpeg(webcam.scene())


def test_a_body_is_overwritten_after_use() -> None:
    with body_of(io.BytesIO(JPEG), len(JPEG), 400_000) as body:
        kept = body.obj
        assert bytes(body) == JPEG
    assert isinstance(kept, bytearray)
    assert not any(kept)


def test_a_body_is_overwritten_when_something_fails() -> None:
    kept = bytearray()

    def use() -> None:
        nonlocal kept
        with body_of(io.BytesIO(JPEG), len(JPEG), 400_000) as body:
            assert isinstance(body.obj, bytearray)
            kept = body.obj
            split_views(body)

    with pytest.raises(PictureError):
        use()
    assert len(kept) == len(JPEG)
    assert not any(kept)


def test_a_decoded_picture_is_overwritten_after_use() -> None:
    with decoded(memoryview(JPEG)) as image:
        assert image.shape == (480, 640, 3)
        assert image.any()
    assert not image.any()


@pytest.mark.parametrize("length", [None, 0, 400_001])
def test_a_body_without_a_length_or_beyond_the_limit_is_refused(length: int | None) -> None:
    with pytest.raises(PictureError), body_of(io.BytesIO(JPEG), length, 400_000):
        pass


def test_a_body_that_breaks_off_is_refused() -> None:
    with (
        pytest.raises(PictureError),
        body_of(io.BytesIO(JPEG[:100]), len(JPEG), 400_000),
    ):
        pass


def test_a_small_file_that_claims_a_huge_picture_is_not_decoded() -> None:
    big = webcam.jpeg(np.zeros((8, 8, 3), np.uint8))
    at = big.index(b"\xff\xc0") + 5
    claimed = big[:at] + (65_000).to_bytes(2, "big") * 2 + big[at + 4 :]
    with pytest.raises(PictureError, match="640"):
        decode(memoryview(claimed))


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\xff\xd8",
        b"\x89PNG\r\n\x1a\n" + b"0" * 40,
        b"\xff\xd8" + b"\xff" * 4,
        b"\xff\xd8\xff\xe0\0\0" * 9,
    ],
)
def test_what_is_no_jpeg_is_refused(junk: bytes) -> None:
    with pytest.raises(PictureError):
        decode(memoryview(junk))


def test_a_damaged_jpeg_never_raises_anything_else() -> None:
    random = np.random.default_rng(1)
    for _ in range(60):
        damaged = bytearray(JPEG)
        for place in random.integers(2, len(JPEG), 40):
            damaged[place] = random.integers(256)
        try:
            decode(memoryview(damaged))
        except PictureError:
            continue


def test_a_capture_is_three_pictures() -> None:
    parts = split_views(memoryview(views(b"one", b"two", b"three")))
    assert [bytes(part) for part in parts] == [b"one", b"two", b"three"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        views(b"one", b"two"),
        views(b"one", b"two", b"three", b"four"),
        views(b"one", b"", b"three"),
        views(b"one", b"two", b"three")[:-1],
        b"\xff\xff\xff\xff" + b"x" * 9,
    ],
)
def test_other_numbers_of_pictures_are_refused(body: bytes) -> None:
    with pytest.raises(PictureError):
        split_views(memoryview(body))
