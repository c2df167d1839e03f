from dataclasses import replace
from pathlib import Path

import pytest

from clienteling.photographs import read_photograph
from clienteling.recognition.pictures import PHOTO, PictureError
from tests.support.faces import PHOTOS


def test_a_photograph_is_read_in_colour() -> None:
    assert read_photograph(PHOTOS / "a1.jpg").shape == (720, 576, 3)


def test_a_file_beyond_the_limit_is_not_even_read() -> None:
    """20 MB stand for themselves; here the limit is one byte below a small file's length."""
    path = PHOTOS / "a1.jpg"
    with pytest.raises(PictureError, match="larger than 78 kB"):
        read_photograph(path, replace(PHOTO, max_bytes=path.stat().st_size - 1))


@pytest.mark.parametrize("name", ["missing.jpg", "."])
def test_what_is_no_file_is_named_so(name: str, tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such file"):
        read_photograph(tmp_path / name)


def test_a_device_is_not_read_for_ever() -> None:
    with pytest.raises(PictureError, match="no such file"):
        read_photograph(Path("/dev/zero"))
