"""Words that hint at health, belief, origin, sex life: whole words, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.customers.sensitive import Topic, hints


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is Zwanger, komt zaterdag", {"Zwanger": Topic.HEALTH}),
        ("heeft een burn-out", {"burn-out": Topic.HEALTH}),
        ("Halal only", {"Halal": Topic.BELIEF}),
        ("kent haar áfkomst", {"áfkomst": Topic.ORIGIN}),
        ("gay couple", {"gay": Topic.SEX_LIFE}),
        ("allergieën: noten", {"allergieën": Topic.HEALTH}),
        ("likes sixteen essex pralines, churchill mug", {}),
        ("", {}),
    ],
)
def test_what_hints_and_what_does_not(text: str, found: dict[str, Topic]) -> None:
    assert hints(text) == found


@given(st.text())
def test_every_word_found_stands_in_the_text(text: str) -> None:
    assert all(word in text for word in hints(text))


@given(st.text(alphabet="abc .,!", max_size=20), st.sampled_from(["ziek", "jewish", "seksueel"]))
def test_a_word_of_the_list_is_found_between_others(around: str, word: str) -> None:
    assert hints(f"{around} {word.upper()}. {around}") == {word.upper(): hints(word)[word]}
