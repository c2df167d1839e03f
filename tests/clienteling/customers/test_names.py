"""The names in memory: begun, misspelt, without accents, in any order."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from clienteling.customers.names import NameIndex, words_of

PEOPLE = {
    "1": "Sanne Jansen",
    "2": "Renée-Zoë O’Brien van Dijk",
    "3": "Willem van der Berg",
    "4": "Łukasz Kowalski",
    "5": "Bo Li",
    "6": "Fatima el Amrani",
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def index() -> NameIndex:
    return filled(PEOPLE)


def filled(people: dict[str, str]) -> NameIndex:
    index = NameIndex()
    for subject_id, name in people.items():
        index.put(subject_id, name)
    return index


def found(index: NameIndex, query: str) -> list[str]:
    return [hit.subject_id for hit in index.search(query, 10)]


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("Jansn", "1"),
        ("jansen sane", "1"),
        ("zoe renee", "2"),
        ("van der berg", "3"),
        ("berg willem van", "3"),
        ("van den berg", "3"),
        ("vanderberg", "3"),
        ("vandeberg", "3"),
        ("lukasz", "4"),
        ("kovalsky", "4"),
        ("el amrani", "6"),
        ("amranie fatma", "6"),
    ],
)
def test_somebody_is_found_however_the_name_is_typed(
    index: NameIndex, query: str, who: str
) -> None:
    assert found(index, query) == [who]


@pytest.mark.parametrize("query", ["", " ", "j", "-", "jansen willem", "xyzzy", "bi", "van xyzzy"])
def test_nobody_is_found_by_less_or_by_other_names(index: NameIndex, query: str) -> None:
    assert found(index, query) == []


def test_who_fits_exactly_keeps_the_misspelt_away() -> None:
    index = filled({"1": "Robin", "2": "Rubin", "3": "Robine"})
    assert found(index, "robin") == ["1", "3"]
    assert found(index, "rabin") == ["1", "2", "3"]


def test_who_is_dropped_leaves_no_word_behind(index: NameIndex) -> None:
    index.drop("3")
    index.drop("3")
    assert "3" not in index
    assert found(index, "willem") == []
    index.put("1", "Sanne Bakker")
    assert found(index, "jansen") == []
    assert found(index, "bakker") == ["1"]
    for who in PEOPLE:
        index.drop(who)
    assert len(index) == 0
    assert index._owners == {}
    assert index._vocabulary == []


_NAME = st.text(_LETTERS, min_size=5, max_size=12)
_EDIT = st.tuples(
    st.sampled_from(["missing", "wrong", "more", "swapped"]),
    st.integers(0, 30),
    st.sampled_from(_LETTERS),
)


@given(name=_NAME, others=st.lists(_NAME, max_size=20), edits=st.lists(_EDIT, max_size=2))
def test_a_name_of_five_letters_is_found_with_two_typing_errors(
    name: str, others: list[str], edits: list[tuple[str, int, str]]
) -> None:
    typed = name
    for kind, place, letter in edits:
        at = place % len(typed)
        head, tail = typed[:at], typed[at:]
        typed = {
            "missing": head + tail[1:],
            "wrong": head + letter + tail[1:],
            "more": head + letter + tail,
            "swapped": head + tail[1:2] + tail[:1] + tail[2:],
        }[kind]
    assume(OSA.distance(typed, name) <= len(edits))  # editing one place twice counts otherwise
    # Who fits exactly is shown alone: so nobody else may.
    people = {str(n): other for n, other in enumerate(others) if not other.startswith(typed)}
    index = filled(people | {"sought": name})
    assert "sought" in [hit.subject_id for hit in index.search(typed, 30)]


@given(st.lists(st.text(max_size=20), max_size=5), st.text(max_size=20))
def test_whatever_is_typed_is_answered(names: list[str], query: str) -> None:
    index = filled({str(number): name for number, name in enumerate(names)})
    hits = index.search(query, 3)
    assert len(hits) <= 3
    assert all(0 <= hit.errors <= 2 * len(words_of(query)) for hit in hits)
