"""Whatever the bytes are, there is a picture or one sentence."""

import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageOps

from clienteling.recognition.frames import Image
from clienteling.recognition.pictures import PHOTO, PictureError, PictureLimits, read_picture
from tests.support.pictures import QUARTERS, animated, encoded, png, with_checksums

WIDTH, HEIGHT = QUARTERS.size
SMALL = PictureLimits(100_000, 200, 20_000)
KINDS = {
    "jpeg": encoded(QUARTERS, "JPEG", quality=95, subsampling=0),
    "progressive": encoded(QUARTERS, "JPEG", quality=95, subsampling=0, progressive=True),
    "cmyk": encoded(QUARTERS.convert("CMYK"), "JPEG", quality=95, subsampling=0),
    "grey jpeg": encoded(QUARTERS.convert("L"), "JPEG", quality=95),
    "png": encoded(QUARTERS, "PNG"),
    "palette": encoded(QUARTERS.quantize(16), "PNG"),
    "alpha": encoded(QUARTERS.convert("RGBA"), "PNG"),
    "grey png": encoded(QUARTERS.convert("L"), "PNG"),
    "one bit": encoded(QUARTERS.convert("1"), "PNG"),
    "webp": encoded(QUARTERS, "WEBP", quality=95),
    "lossless": encoded(QUARTERS, "WEBP", lossless=True),
    "several in a jpeg": encoded(QUARTERS, "MPO", save_all=True, append_images=[QUARTERS]),
}
_SIXTEEN = np.asarray(QUARTERS.convert("L")).astype(np.uint16) * 257
SIXTEEN = encoded(Pillow.fromarray(_SIXTEEN), "PNG")
NOTHING = {
    "text": b"just some words, no picture at all",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "html": b"<!doctype html><title>404</title>",
    "gif": encoded(QUARTERS, "GIF"),
    "animated gif": animated("GIF"),
    "bmp": encoded(QUARTERS, "BMP"),
    "tiff": encoded(QUARTERS, "TIFF"),
    "zeros": bytes(1000),
    "start of a jpeg": b"\xff\xd8\xff",
    "start of a png": b"\x89PNG\r\n\x1a\n",
    "no pixels": png(0, 0),
}


@contextmanager
def _little_memory() -> Iterator[None]:
    """Hold what is inside to 100 MB more than there was before."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        yield
    finally:
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kB"


def _bgr(picture: Pillow.Image) -> Image:
    return np.asarray(picture.convert("RGB"))[:, :, ::-1]


def _near(one: Image, other: Image) -> bool:
    return one.shape == other.shape and float(np.abs(one.astype(int) - other).mean()) < 6


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_photograph_is_read(kind: str) -> None:
    image = read_picture(KINDS[kind], PHOTO)
    expected = QUARTERS.convert("L" if "grey" in kind else "1" if kind == "one bit" else "RGB")
    assert image.dtype == np.uint8
    assert image.flags.writeable, "or it could not be overwritten"
    assert _near(image, _bgr(expected))


def test_sixteen_bits_become_eight() -> None:
    assert np.array_equal(read_picture(SIXTEEN, PHOTO), _bgr(QUARTERS.convert("L")))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_once_as_its_exif_says(kind: str, orientation: int) -> None:
    """Against Pillow's own reading of the standard (EXIF 2.32, tag 0x0112)."""
    exif = Pillow.Exif()
    exif[0x112] = orientation
    content = encoded(QUARTERS, kind, exif=exif, quality=95)
    with Pillow.open(io.BytesIO(content)) as held:
        expected = _bgr(ImageOps.exif_transpose(held))
    assert _near(read_picture(content, PHOTO), expected)


@pytest.mark.parametrize("kind", NOTHING)
def test_what_is_no_picture_is_refused_with_what_to_give(kind: str) -> None:
    with pytest.raises(PictureError, match="JPEG, PNG, WebP"):
        read_picture(NOTHING[kind], PHOTO)


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(PictureError, match="empty"):
        read_picture(b"", PHOTO)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    with pytest.raises(PictureError, match="single photograph"):
        read_picture(animated(kind), PHOTO)


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_an_iphones_own_format_is_named_with_the_way_out(brand: bytes) -> None:
    with pytest.raises(PictureError, match=r"HEIC.*JPEG"):
        read_picture(b"\0\0\0\x18ftyp" + brand + bytes(200), PHOTO)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_half_a_picture_is_none(kind: str, share: float) -> None:
    if kind == "several in a jpeg":
        share /= 2  # the first half of it is a whole picture
    with pytest.raises(PictureError):
        read_picture(KINDS[kind][: int(len(KINDS[kind]) * share)], PHOTO)


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_huge_picture_is_refused_by_its_header(kind: str) -> None:
    """Nothing of it is decoded: 20,000 × 20,000 would be 1.2 GB."""
    bomb = png(20_000, 20_000)
    if kind == "jpeg":
        at = KINDS["jpeg"].index(b"\xff\xc0") + 5
        bomb = KINDS["jpeg"][:at] + (20_000).to_bytes(2, "big") * 2 + KINDS["jpeg"][at + 4 :]
    with pytest.raises(PictureError, match="20000 × 20000 pixels"), _little_memory():
        read_picture(bomb, PHOTO)


@pytest.mark.parametrize("claims", [0xD400000B, 0x7FFFFFFF])
def test_a_part_that_claims_more_than_there_is_takes_no_memory(claims: int) -> None:
    """Found by fuzzing: OpenCV makes room for what a PNG's part claims, up to 2 GB."""
    content = bytearray(png(2, 1, b"\0" + bytes(6)))
    content[33:37] = claims.to_bytes(4, "big")
    with pytest.raises(PictureError, match="damaged"), _little_memory():
        read_picture(content, PHOTO)


@pytest.mark.parametrize(("scans", "is_read"), [(50, True), (200, False)])
def test_a_jpeg_that_would_be_gone_over_hundreds_of_times_is_refused(
    scans: int, is_read: bool
) -> None:
    """A small file could keep a processor busy for hours."""
    content = KINDS["progressive"]
    last = content[content.rindex(b"\xff\xda") : -2]
    content = content[:-2] + last * scans + content[-2:]
    if is_read:
        assert read_picture(content, PHOTO).shape == (HEIGHT, WIDTH, 3)
    else:
        with pytest.raises(PictureError, match="damaged"):
            read_picture(content, PHOTO)


def test_what_lies_before_and_behind_a_jpegs_picture_does_not_count_as_scans() -> None:
    """A thumbnail in its EXIF data, the film of a “motion photo”."""
    exif = Pillow.Exif()
    exif[0x010E] = "\xff\xda" * 200
    content = encoded(QUARTERS, "JPEG", exif=exif.tobytes() + b"\xff\xd9" + b"\xff\xda" * 200)
    assert read_picture(content + b"\xff\xda" * 200, PHOTO).shape == (HEIGHT, WIDTH, 3)


def test_limits_are_the_callers() -> None:
    assert read_picture(KINDS["png"], PictureLimits(100_000, HEIGHT, WIDTH * HEIGHT)).any()
    for limits in (
        PictureLimits(100_000, HEIGHT - 1, WIDTH * HEIGHT),
        PictureLimits(100_000, HEIGHT, WIDTH * HEIGHT - 1),
        PictureLimits(len(KINDS["png"]) - 1, HEIGHT, WIDTH * HEIGHT),
        PictureLimits(100_000, HEIGHT, WIDTH * HEIGHT, ("JPEG", "WEBP")),
    ):
        with pytest.raises(PictureError):
            read_picture(KINDS["png"], limits)


@pytest.mark.parametrize("size", [(1, 1), (10_000, 1), (1, 10_000)])
def test_odd_shapes_are_pictures(size: tuple[int, int]) -> None:
    width, height = size
    image = read_picture(png(width, height, (b"\0" + b"\x50" * 3 * width) * height), PHOTO)
    assert image.shape == (height, width, 3)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A picture of any kind with some bytes changed, cut out, put in, or from another picture."""
    content = bytearray(draw(st.sampled_from([*KINDS.values(), SIXTEEN, animated("WEBP")])))
    for _ in range(draw(st.integers(1, 4))):
        # Headers are near the start: aim there more often than elsewhere.
        last = len(content) if draw(st.booleans()) else min(len(content), 64)
        place = draw(st.integers(0, max(0, last - 1)))
        act = draw(st.sampled_from(["set", "cut", "repeat", "splice", "truncate"]))
        if act == "set":
            new = draw(st.binary(min_size=1, max_size=8))
            content[place : place + len(new)] = new
        elif act == "cut":
            del content[place : place + draw(st.integers(1, 64))]
        elif act == "repeat":
            content[place:place] = content[place : place + draw(st.integers(1, 64))]
        elif act == "splice":
            content[place:] = draw(st.sampled_from(list(KINDS.values())))[place:]
        else:
            del content[place:]
    return with_checksums(bytes(content)) if draw(st.booleans()) else bytes(content)


@settings(max_examples=400, deadline=None)
@given(mutated())
def test_damaged_bytes_give_a_picture_or_the_one_error(content: bytes) -> None:
    try:
        image = read_picture(content, SMALL)
    except PictureError:
        return
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert image.shape[0] * image.shape[1] <= SMALL.max_pixels


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for content in KINDS.values():
        read_picture(content, PHOTO)
    assert list(tmp_path.iterdir()) == []
