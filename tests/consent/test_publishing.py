"""Publishing a shop's own texts: whole or not at all, at once, and for good."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from consent.drafts import read_draft
from consent.errors import NoticeError
from consent.joining import open_enrolment
from consent.log import ledger
from consent.log.events import EventKind
from consent.notice_index import OWN, Index, Version, load_index
from consent.notices import Notices
from consent.office import Office, Statement
from consent.publishing import Published, publish, renewals
from consent.purposes import Purpose
from tests.support.drafts import REWORDED, write_draft


@pytest.fixture
def office(office: Office, tmp_path: Path) -> Office:
    """An office with a data folder."""
    (tmp_path / "home").mkdir()
    return replace(office, home=tmp_path / "home")


def published(
    office: Office, folder: Path, *changed: Purpose, version: str = "shop-1"
) -> Published:
    draft = read_draft(office, write_draft(office, folder, version=version, changed=changed))
    with office.databases.identity.read() as identity:
        number = renewals(identity, office, draft)
    return publish(office, draft, actor="user:7", agreed=number)


def test_what_is_published_is_shown_at_once_and_the_rest_is_the_base_s(
    office: Office, tmp_path: Path
) -> None:
    other = Notices("eu", home=office.home)  # as another process has it
    base = other.current_version
    allergies = other.current("en", Purpose.ALLERGIES).sha256
    made = published(office, tmp_path / "draft")
    assert other.current_version == made.version == "shop-1"
    for language, (_, after) in REWORDED.items():
        assert after in other.current(language, Purpose.RECOGNISE).text
    assert other.current("en", Purpose.ALLERGIES).sha256 == allergies
    assert other.get(base, "en", Purpose.RECOGNISE).text  # the earlier one can still be read
    assert other.versions[-1] != "shop-1" or base in other.versions
    with office.databases.identity.read() as identity:
        [entry] = ledger.search(identity, kinds=[EventKind.NOTICE_PUBLISHED])
    assert entry.actor == "user:7"
    assert entry.detail is not None
    assert (entry.detail["version"], entry.detail["sha256"]) == ("shop-1", made.sha256)


def test_one_rests_on_the_other(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path / "first", version="shop-1")
    published(office, tmp_path / "second", version="shop-2")
    assert office.notices.current_version == "shop-2"
    assert office.notices.versions.index("shop-2") == office.notices.versions.index("shop-1") + 1


def test_joining_takes_the_shop_s_text_and_no_other(
    office: Office, statement: Statement, tmp_path: Path
) -> None:
    published(office, tmp_path / "draft")
    with pytest.raises(NoticeError, match="not the current one"):
        open_enrolment(office, statement, {})
    said = replace(statement, notice_version="shop-1")
    assert Purpose.PURCHASES in open_enrolment(office, said, {Purpose.PURCHASES: True}).grants


def test_the_wrong_number_publishes_nothing(
    office: Office, statement: Statement, tmp_path: Path
) -> None:
    open_enrolment(office, statement, {Purpose.ALLERGIES: True})
    draft = read_draft(
        office,
        write_draft(
            office, tmp_path / "d", changed=(Purpose.ALLERGIES,), purpose=Purpose.ALLERGIES
        ),
    )
    for agreed in (0, 2):
        with pytest.raises(NoticeError, match="1 consents must be given again"):
            publish(office, draft, actor="user:7", agreed=agreed)
    assert office.home is not None
    assert not (office.home / OWN).exists()
    assert publish(office, draft, actor="user:7", agreed=1).renewals == 1


def test_a_flawed_draft_or_one_on_an_older_base_publishes_nothing(
    office: Office, tmp_path: Path
) -> None:
    flawed = read_draft(office, write_draft(office, tmp_path / "flawed", version="spring"))
    late = read_draft(office, write_draft(office, tmp_path / "late", version="shop-late"))
    published(office, tmp_path / "first")
    for draft, words in ((flawed, "cannot be published"), (late, "published meanwhile")):
        with pytest.raises(NoticeError, match=words):
            publish(office, draft, actor="user:7", agreed=0)
    again = read_draft(office, write_draft(office, tmp_path / "again", version="shop-1"))
    assert [flaw.code for flaw in again.flaws] == ["taken"]


def test_an_altered_text_of_the_shop_is_refused(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path / "draft")
    assert office.home is not None
    file = office.home / OWN
    file.write_text(file.read_text(encoding="utf-8").replace("Our computer", "A computer"), "utf-8")
    with pytest.raises(NoticeError, match="altered"):
        office.notices.current("en", Purpose.RECOGNISE)
    assert office.notices.current("en", Purpose.ALLERGIES).text


@pytest.mark.parametrize("content", ["", "{", "[{}]", '[{"name": "x"}]', "[1]"])
def test_a_damaged_file_stops_everything(office: Office, content: str) -> None:
    """Nobody may fall back on other words without anybody having said so."""
    assert office.home is not None
    (office.home / OWN).write_text(content, encoding="utf-8")
    with pytest.raises(NoticeError, match="backup"):
        _ = office.notices.current_version


def test_the_file_is_plain_json_with_the_texts(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path / "draft", Purpose.RECOGNISE)
    assert office.home is not None
    [entry] = json.loads((office.home / OWN).read_text(encoding="utf-8"))
    assert (entry["name"], entry["changed"]) == ("shop-1", ["recognise"])
    assert set(entry["texts"]["nl"]) == {"recognise"}


@pytest.mark.parametrize(("changed", "shown"), [((), "shop-1"), (("recognise",), "2027-03")])
def test_the_program_s_later_texts_take_over_only_when_something_else_is_done(
    office: Office, tmp_path: Path, changed: tuple[str, ...], shown: str
) -> None:
    published(office, tmp_path / "draft")
    index = load_index(office.home)
    later = Version("2027-03", "eu", ("2026-12",), frozenset(changed), {"nl": {}, "en": {}})
    current = Index((*index.versions, later)).current("eu")
    assert current is not None
    assert current.name == shown
