"""The demo's script: it parses, it is complete, it can be played, and its people are invented."""

import hashlib
import re
from datetime import date

import pytest

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.imports.allergen_words import named_in_text
from clienteling.demo.script import PHOTOS, Clip, load_clip, load_shop
from clienteling.demo.shop import product_rows
from consent.purposes import CHOICES

SHOP, CLIP = load_shop(), load_clip()
ENROLLED = {person.key: person for person in SHOP.person}
PROVENANCE = (PHOTOS / "PROVENANCE.md").read_text(encoding="utf-8")


def depicted() -> set[str]:
    """Every word of the names of those who are depicted, as PROVENANCE.md gives them."""
    rows = re.findall(r"^\| `\w+\.jpg` \| ([^,|]+),", PROVENANCE, re.MULTILINE)
    return {word.casefold() for name in rows for word in name.split()}


def test_no_depicted_person_s_name_stands_beside_an_allergy() -> None:
    names = depicted()
    assert len(names) >= 8
    invented = {
        word
        for person in SHOP.person
        for text in (person.name, person.email)
        for word in re.split(r"[^a-z]+", text.casefold())
    }
    assert not names & invented
    for path in (PHOTOS.parent / "people.toml", PHOTOS.parent / "clip.toml"):
        assert not names & set(re.split(r"[^a-z]+", path.read_text(encoding="utf-8").casefold()))


def test_invented_people_say_so() -> None:
    text = (PHOTOS.parent / "people.toml").read_text(encoding="utf-8")

    assert "INVENTED" in text.splitlines()[0]
    assert all(person.email.endswith("demo.example") for person in SHOP.person)


@pytest.mark.parametrize("person", SHOP.person, ids=lambda person: person.key)
def test_every_person_can_be_enrolled(person: object) -> None:
    found = next(known for known in SHOP.person if known is person)

    assert all((PHOTOS / name).is_file() for name in found.photos)
    assert set(found.purposes) <= set(CHOICES)
    assert set(found.allergies) <= set(Allergen)
    assert not (found.allergies and found.none_known)


def test_every_photograph_has_its_provenance() -> None:
    listed = dict(re.findall(r"^\| `(\w+\.jpg)` \| `([0-9a-f]{64})` \|$", PROVENANCE, re.MULTILINE))
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in PHOTOS.glob("*.jpg")
    }

    assert there == listed


def test_the_products_are_a_shops_assortment() -> None:
    rows = product_rows(date(2026, 11, 24))
    declared = [row.facts["declaration"] for row in rows]

    assert [problem for row in rows for problem in row.problems] == []
    assert len({row.facts["gtin"] for row in rows}) == len(rows) >= 25
    assert sum(one.is_complete for one in declared) >= 15
    assert sum(not one.is_complete for one in declared) >= 3
    assert sum(row.facts["launched"] == date(2026, 11, 14) for row in rows) >= 3
    assert any(row.stock["stock"] == 0 for row in rows)
    for row in rows:
        named = named_in_text(str(row.facts["ingredients"]))
        assert not row.facts["declaration"].free & named


# --- the clip -----------------------------------------------------------------------------------


def test_visits_follow_each_other_within_the_clip() -> None:
    ends = [0.0, *(visit.end for visit in CLIP.visit)]

    for before, visit in zip(ends, CLIP.visit, strict=False):
        assert before <= visit.start < visit.end <= CLIP.length


def test_who_presses_does_so_in_view_and_has_time_to_be_recognised() -> None:
    for visit in CLIP.visit:
        if visit.press is not None:
            assert visit.start + 1 <= visit.press <= visit.end - 3


def test_every_picture_exists_and_its_face_lies_within_it() -> None:
    for visit in CLIP.visit:
        assert len(visit.picture) == len(visit.person)
        for person, picture in zip(visit.person, visit.picture, strict=True):
            assert picture.startswith(person)
            assert (PHOTOS / f"{picture}.jpg").is_file()
            assert picture in CLIP.faces


def test_what_is_expected_follows_from_who_comes_and_who_presses() -> None:
    withdrawn: dict[str, float] = {item.person: item.at for item in CLIP.withdrawal}
    for visit in CLIP.visit:
        gone = {key for key in visit.person if withdrawn.get(key, CLIP.length) < visit.start}
        known = set(visit.person) & ENROLLED.keys() - gone
        if visit.press is None:
            expected = "none"
        elif len(visit.person) > 1:
            expected = "abort"
        else:
            expected = "match" if known else "unknown"
        assert visit.expected == expected


def test_independent_means_that_the_picture_was_not_enrolled() -> None:
    for visit in CLIP.visit:
        enrolled = {
            name for key in visit.person if key in ENROLLED for name in ENROLLED[key].photos
        }
        shown = {f"{picture}.jpg" for picture in visit.picture}
        assert visit.independent == (not shown & enrolled)


def test_the_clip_asks_everything_of_the_main_job() -> None:
    """What `demo --check` must be able to count (see its report)."""
    assert {visit.expected for visit in CLIP.visit} == {"match", "unknown", "abort", "none"}
    strangers = [v for v in CLIP.visit if not set(v.person) & ENROLLED.keys() and v.press]
    assert len({v.person for v in strangers}) >= 2
    assert any(v.independent and v.expected == "match" for v in CLIP.visit)
    [withdrawal] = CLIP.withdrawal
    after = [v for v in CLIP.visit if v.start > withdrawal.at]
    assert any(v.person == (withdrawal.person,) and v.expected == "unknown" for v in after)
    assert any(v.expected == "match" for v in after)


def test_an_unknown_key_in_the_script_is_refused() -> None:
    values = CLIP.model_dump(by_alias=True)

    with pytest.raises(ValueError, match="colour"):
        Clip.model_validate({**values, "colour": "red"})
