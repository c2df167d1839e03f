"""Drafts of a shop's own texts: each thing that is wrong is named, with its file and line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from consent.drafts import SENTENCES, FlawCode, drafts_in, read_draft, text_flaws
from consent.notices import LANGUAGES, RELEASE
from consent.office import Office, Processing
from consent.purposes import Purpose
from consent.region.policy import CapturePolicy
from consent.region.profiles import load_profile
from tests.support.drafts import write_draft

Spoil = Callable[[Path], object]


def change(path: str, before: str, after: str) -> Spoil:
    def spoil(folder: Path) -> None:
        file = folder / path
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after), encoding="utf-8")

    return spoil


def write(path: str, content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / path).write_bytes(content)

    return spoil


def remove(path: str) -> Spoil:
    return lambda folder: (folder / path).unlink()


@pytest.fixture
def folder(office: Office, tmp_path: Path) -> Path:
    return write_draft(office, tmp_path / "notices" / "drafts" / "spring")


def test_a_whole_draft_has_no_flaw(office: Office, folder: Path, tmp_path: Path) -> None:
    draft = read_draft(office, folder)
    assert draft.flaws == ()
    assert (draft.version, draft.base) == ("shop-2027-01", office.notices.current_version)
    assert set(draft.texts["nl"]) == set(draft.texts["en"]) == {"recognise"}
    assert drafts_in(tmp_path) == (folder,)


FACE = "en/recognise.md"


@pytest.mark.parametrize(
    ("spoil", "code", "where"),
    [
        (remove("notice.toml"), FlawCode.NO_SHEET, ("notice.toml", 0)),
        (write("notice.toml", b"version = 1"), FlawCode.NO_SHEET, ("notice.toml", 0)),
        (change("notice.toml", "shop-2027-01", "2027-01"), FlawCode.BAD_NAME, ("notice.toml", 0)),
        (
            change("notice.toml", "shop-2027-01", "shop-../x"),
            FlawCode.BAD_NAME,
            ("notice.toml", 0),
        ),
        (
            change("notice.toml", 'base = "2026-12"', 'base = "2026-11"'),
            FlawCode.NOT_CURRENT_BASE,
            ("notice.toml", 0),
        ),
        (
            change("notice.toml", "changed = []", 'changed = ["faces"]'),
            FlawCode.UNKNOWN_PURPOSE,
            ("notice.toml", 0),
        ),
        (write("en/samples.md", b"# Samples"), FlawCode.UNKNOWN_FILE, ("en/samples.md", 0)),
        (write("en/release.md", b"# Release"), FlawCode.UNKNOWN_FILE, ("en/release.md", 0)),
        (remove("nl/recognise.md"), FlawCode.ONE_LANGUAGE, ("nl/recognise.md", 0)),
        (write(FACE, b"# Face \xff"), FlawCode.NOT_TEXT, (FACE, 0)),
        (change(FACE, "# Recognising", "Recognising"), FlawCode.NO_TITLE, (FACE, 1)),
        (change(FACE, "# Recognising", "# " + "R" * 90), FlawCode.LONG_TITLE, (FACE, 1)),
        (write(FACE, b"# Face\n\nShort.\n"), FlawCode.TOO_SHORT, (FACE, 0)),
        (change(FACE, "This is how", "Very " * 2000 + "how"), FlawCode.TOO_LONG, (FACE, 0)),
        (change(FACE, "This is how it works:", "## How it works"), FlawCode.MARKUP, (FACE, 7)),
        (change(FACE, "This is how", "See [here](/x), how"), FlawCode.MARKUP, (FACE, 7)),
        (change(FACE, "This is how", "This <b>is</b> how"), FlawCode.MARKUP, (FACE, 7)),
        (change(FACE, "This is how", "This is {shop}, how"), FlawCode.PLACEHOLDER, (FACE, 7)),
        (change(FACE, "This is how", "TODO: how"), FlawCode.PLACEHOLDER, (FACE, 7)),
        (change(FACE, "12 months", "13 months"), FlawCode.LACKS, (FACE, 0)),
        (change(FACE, "without a reason", "in writing"), FlawCode.LACKS, (FACE, 0)),
        (change(FACE, "exactly the same help", "some help"), FlawCode.LACKS, (FACE, 0)),
        (change(FACE, "without your face", "otherwise"), FlawCode.LACKS, (FACE, 0)),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    office: Office, folder: Path, spoil: Spoil, code: FlawCode, where: tuple[str, int]
) -> None:
    spoil(folder)
    flaws = read_draft(office, folder).flaws
    assert where in {(flaw.file, flaw.line) for flaw in flaws if flaw.code is code}
    assert all(flaw.file in flaw.sentence for flaw in flaws)
    assert "{" not in "".join(f.sentence for f in flaws if f.code is not FlawCode.PLACEHOLDER)


def test_a_folder_without_texts_is_none(office: Office, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    codes = {flaw.code for flaw in read_draft(office, tmp_path / "empty").flaws}
    assert codes == {FlawCode.NO_SHEET, FlawCode.NO_TEXTS}


def test_every_flaw_has_a_sentence() -> None:
    assert set(SENTENCES) == set(FlawCode)


def test_the_terms_that_a_text_must_name_are_the_profile_s(office: Office) -> None:
    kept = replace(office.profile.retention, visits=30)
    strict = replace(office, profile=replace(office.profile, retention=kept))
    text = office.notices.current("en", Purpose.VISITS).text
    assert list(text_flaws(office, "x", "en", "visits", text)) == []
    [flaw] = text_flaws(strict, "x", "en", "visits", text)
    assert flaw.values == ("how long a visit is kept", "“30 days”")


@pytest.mark.parametrize("policy", [CapturePolicy.TRIGGER, CapturePolicy.PASS])
@pytest.mark.parametrize("state", [None, "CA", "IL", "TX", "WA", "CO"])
def test_the_program_s_own_texts_say_what_a_shop_s_must(
    office: Office, state: str | None, policy: CapturePolicy
) -> None:
    profile = load_profile("eu") if state is None else load_profile("us", state)
    place = replace(office, profile=profile, processing=Processing(policy=policy, till=True))
    version = place.notices.current_version
    for language in LANGUAGES:
        for purpose in (Purpose.ACCOUNT, *place.choices):
            text = place.notices.current(language, purpose).text
            assert list(text_flaws(place, purpose.value, language, purpose.value, text)) == []
        if profile.release_needed:
            text = place.notices.release(version, language).text
            assert list(text_flaws(place, RELEASE, language, RELEASE, text)) == []
