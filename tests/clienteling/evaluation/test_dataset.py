"""Folders and files that an operator gives: read, or refused with a sentence."""

from pathlib import Path

import pytest

from clienteling.errors import UsageError
from clienteling.evaluation.dataset import (
    Pair,
    read_exclude,
    read_groups,
    read_pairs,
    read_photos,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    people = tmp_path / "people"
    for name in ("Anna/Anna_0001.jpg", "Anna/Anna_0002.JPG", "Bob/x.png", "Cas/y.webp"):
        path = people / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    for stray in ("Anna/.hidden.jpg", "Anna/notes.txt", "readme.jpg"):
        (people / stray).write_bytes(b"")
    (people / ".cache").mkdir()
    (people / ".cache" / "z.jpg").write_bytes(b"")
    return people


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "file.txt"
    path.write_text(text, "utf-8")
    return path


def test_only_pictures_in_peoples_folders_count(folder: Path) -> None:
    names = [photo.name for photo in read_photos(folder)]

    assert names == ["Anna/Anna_0001.jpg", "Anna/Anna_0002.JPG", "Bob/x.png", "Cas/y.webp"]


def test_people_and_single_photographs_are_left_out(folder: Path, tmp_path: Path) -> None:
    exclude = read_exclude(written(tmp_path, "Bob  # a twin\n\n# all\nAnna/Anna_0001.jpg\n"))

    assert [photo.name for photo in read_photos(folder, exclude)] == [
        "Anna/Anna_0002.JPG",
        "Cas/y.webp",
    ]


def test_a_name_to_exclude_that_is_not_there_is_a_mistake(folder: Path) -> None:
    with pytest.raises(UsageError, match="Bobby, which is not in"):
        read_photos(folder, frozenset({"Bobby"}))


def test_one_person_is_not_enough(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least two people"):
        read_photos(folder, frozenset({"Bob", "Cas"}))
    with pytest.raises(UsageError, match="cannot be read"):
        read_photos(tmp_path / "none")


def test_groups_are_read_by_attribute(tmp_path: Path) -> None:
    path = written(tmp_path, "person\tage\tgender\nAnna\t30\tf\nBob\t\tm\n")

    assert read_groups(path) == {"age": {"Anna": "30"}, "gender": {"Anna": "f", "Bob": "m"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line must name"),
        ("person\nAnna\n", "first line must name"),
        ("person\tage\tage\n", "first line must name"),
        ("person\tage\nAnna\t3\t4\n", "line 2: 3 columns, not 2"),
    ],
)
def test_a_table_of_groups_that_is_none_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_groups(written(tmp_path, text))


def test_pairs_of_the_benchmark_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "10\t300\nAnna\t1\t2\nAnna\t1\tBob\t12\n")

    same, different = read_pairs(path)

    assert same == Pair("Anna/Anna_0001", "Anna/Anna_0002")
    assert different == Pair("Anna/Anna_0001", "Bob/Bob_0012")
    assert (same.same, different.same) == (True, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10\n", "has no pairs"),
        ("Anna 1\n", "line 1: not"),
        ("300\nAnna 1 2\nAnna 1 Bob x\n", "line 3: not"),
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_pairs(written(tmp_path, text))


def test_a_file_that_is_missing_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--groups .* cannot be read"):
        read_groups(tmp_path / "none.tsv")
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UsageError, match=r"--exclude .* not a text in UTF-8"):
        read_exclude(path)
