"""Fuzz the one place where pictures from people are decoded; by hand, with `make fuzz`.

Every input must give a picture within the limits or a `PictureError`; anything else, more than 2 GB
of memory or 10 seconds is a finding. libFuzzer's own arguments are passed on; a folder among them
is the corpus, otherwise it begins with the pictures of tests/support/pictures.py each time.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["PIL", "clienteling.recognition"]):
    from clienteling.recognition.pictures import PictureError, PictureLimits, read_picture
    from tests.support.pictures import QUARTERS, animated, encoded, png, with_checksums

LIMITS = PictureLimits(200_000, 4_000, 4_000_000)
_BOUNDS = ["-rss_limit_mb=2048", "-timeout=10", "-max_len=4096"]


def read_one(content: bytes) -> None:
    """Read these bytes; raise when they give what they must not."""
    try:
        image = read_picture(content, LIMITS)
    except PictureError:
        return
    height, width, channels = image.shape
    if channels != 3 or not 0 < height * width <= LIMITS.max_pixels or image.dtype != "uint8":
        raise AssertionError(f"A picture of shape {image.shape} came out.")


def _mutate(content: bytes, longest: int, seed: int) -> bytes:
    """As libFuzzer does, with a PNG's checksums made right, without which little is read of it."""
    del seed
    return with_checksums(bytes(atheris.Mutate(content, longest)))[:longest]


def _seeds() -> list[bytes]:
    still = [
        encoded(QUARTERS, kind, **options)
        for kind, options in (
            ("JPEG", {}),
            ("JPEG", {"progressive": True}),
            ("PNG", {}),
            ("WEBP", {}),
            ("WEBP", {"lossless": True}),
        )
    ]
    modes = [
        encoded(QUARTERS.convert("CMYK"), "JPEG"),
        encoded(QUARTERS.convert("RGBA"), "PNG"),
        encoded(QUARTERS.quantize(16), "PNG"),
        encoded(QUARTERS, "MPO", save_all=True, append_images=[QUARTERS]),
    ]
    return [*still, *modes, animated("PNG"), animated("WEBP"), png(2, 1, b"\0" + bytes(6))]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(_seeds()):
            (Path(folder) / str(number)).write_bytes(seed)
        given = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        corpus = [] if given else [folder]
        arguments = [*sys.argv[:1], *_BOUNDS, *sys.argv[1:], *corpus]
        atheris.Setup(arguments, read_one, custom_mutator=_mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
