"""Pictures of products are made anew: nothing but a picture is kept or served."""

import io
from pathlib import Path

import pytest
from PIL import Image

from clienteling.catalogue.images import MAX_SIDE, drop_image, image_file, keep_image
from clienteling.errors import UsageError

PLACE = b"Kerkstraat 1, Amsterdam"


def picture(form: str = "JPEG", size: tuple[int, int] = (1600, 400)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = PLACE.decode()
    Image.new("RGB", size, "brown").save(out, form, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_smaller_and_without_what_its_file_told(
    tmp_path: Path, form: str
) -> None:
    content = picture(form)
    assert PLACE in content

    name = keep_image(tmp_path, content)

    path = image_file(tmp_path, name)
    assert path is not None
    assert PLACE not in path.read_bytes()
    with Image.open(path) as made:
        assert (made.format, made.size) == ("JPEG", (MAX_SIDE, 200))
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_picture_has_the_same_name_and_can_be_dropped(tmp_path: Path) -> None:
    name = keep_image(tmp_path, picture())

    assert keep_image(tmp_path, picture()) == name
    drop_image(tmp_path, name)
    assert image_file(tmp_path, name) is None
    drop_image(tmp_path, name)


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload='alert(1)'/>", picture()[:200], bytes(600_000)]
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageError):
        keep_image(tmp_path, content)

    assert list(tmp_path.rglob("*.jpg")) == []


@pytest.mark.parametrize("name", ["../../config.toml", "x.jpg", "config.toml", "", "a" * 32])
def test_only_pictures_are_found_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "config.toml").write_text("secret", encoding="utf-8")

    assert image_file(tmp_path, name) is None
