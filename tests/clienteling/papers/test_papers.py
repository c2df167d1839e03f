"""What the papers say: complete in both languages, and true of this shop."""

import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clienteling.config import ProcessingConfig, save_config
from clienteling.home import Home, open_home
from clienteling.papers.article30 import article30
from clienteling.papers.description import describe
from clienteling.papers.document import as_html, as_markdown
from clienteling.papers.dpia import dpia
from clienteling.papers.export import export_article30, export_dpia, held_papers, measured_here
from clienteling.papers.risks import BUILT_IN, RISKS, active_controls, present
from clienteling.papers.words import LANGUAGES, words
from clienteling.recognition.calibration import Calibration
from clienteling.service.accuracy import publish
from consent.log.cosignatures import witness_key
from consent.log.witnesses import add_witness
from consent.purposes import TERMS, Purpose
from consent.setting import Processing
from tests.support.faces import calibration as calibrated
from tests.support.reports import report_of
from tests.support.shops import Command, make_home
from tests.support.web import attest_sign, pairing_code

DAY = datetime(2026, 11, 24, tzinfo=UTC).date()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "shop")


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from leaves(part, f"{path}/{key}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from leaves(part, f"{path}/{number}")
    else:
        yield path, str(value)


def texts(home: Home, language: str) -> tuple[str, str]:
    shop = describe(home)
    record = article30(shop, language, DAY)
    skeleton = dpia(shop, measured_here(home, calibrated()), present(home), language, DAY)
    return as_markdown(record), as_markdown(skeleton)


def reopened(home: Home, **sections: Any) -> Home:
    home.databases.close()
    save_config(home.path, home.config.model_copy(update=sections))
    return open_home(home.path)


def test_both_languages_say_the_same_things_with_the_same_gaps() -> None:
    english, dutch = (dict(leaves(words(language))) for language in ("en", "nl"))
    own = {path for path in dutch if path.startswith("/texts/")}

    assert set(english) == set(dutch) - own
    for path, text in english.items():
        assert text.count("{") == dutch[path].count("{"), path
    same = {path for path, text in english.items() if text == dutch[path]}
    assert same <= {"/article30/contact", "/activities/account", "/dpia/model", "/about/line"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_purpose_control_and_category_has_its_words(language: str) -> None:
    say = words(language)

    for purpose, terms in TERMS.items():
        for table in ("activities", "kept", "necessity"):
            assert say[table][purpose.value]
        assert all(say["data"][name] for name in terms.pii_type)
    controls = {name for each in RISKS.values() for name in each}
    assert controls == set(say["controls"])
    assert controls >= BUILT_IN
    assert set(RISKS) == set(say["threats"])


def test_the_dutch_papers_hold_no_english(home: Home) -> None:
    for text in texts(home, "nl"):
        for word in ("GDPR", "authority", "template", "contact details", "the shop", "benchmark"):
            assert word not in text, word
        assert "Autoriteit Persoonsgegevens" in text


def test_the_record_says_what_is_there(home: Home) -> None:
    processing = ProcessingConfig(storage=("a data centre, DE",), recipients=("Hoster B.V.",))
    home = reopened(home, processing=processing)

    text, _ = texts(home, "en")

    keep = home.profile.retention
    for fact in (
        "P1 Recognise a customer by face, in this shop",
        "Basis: GDPR 6(1)(a), GDPR 9(2)(a)",
        f"{keep.recognise_unused} days without use",
        f"{keep.visits} days after each visit",
        f"{keep.proof} days after the end",
        "a data centre, DE",
        "Processors: Hoster B.V.",
        "DEVELOPMENT KEY",
        "SQLite files",
        "NO WITNESS",
        "Impact assessment**\n\n- DEMO-DPIA",
        "Transfers to third countries**\n\n- none",
    ):
        assert fact in text, fact
    assert Purpose.TILL not in home.office.choices
    assert "at the till" not in text
    with_till = replace(home.office, processing=Processing(till=True))
    assert "Recognise a customer at the till" in texts(replace(home, office=with_till), "en")[0]


def test_a_control_is_active_only_where_it_is(home: Home) -> None:
    def active() -> frozenset[str]:
        return active_controls(describe(home), present(home))

    assert not active() & {"witness", "root_sealed", "signs", "attack_check", "challenge"}
    assert "asked" in active()

    with home.databases.identity.write() as identity:
        key = witness_key("dpo.example/witness", bytes(32))
        add_witness(identity, home.office.ring, key, actor="command", now=home.office.now())
    assert "witness" in active()
    _, skeleton = texts(home, "en")
    assert "witness of the log on another machine: active here" in skeleton
    assert "root key sealed or in a key service: NOT ACTIVE here" in skeleton


def test_rates_by_group_come_from_the_report_in_place(home: Home) -> None:
    _, skeleton = texts(home, "en")
    assert "run `clienteling evaluate`" in skeleton

    publish(home, json.dumps(report_of()))

    _, skeleton = texts(home, "en")
    assert "(200 people): false matches 0.1 %, false non-matches 2 %" in skeleton
    assert "2026-11-01" in skeleton
    assert "run `clienteling evaluate`" not in skeleton


def test_a_new_calibration_puts_the_assessment_out_of_date_and_not_the_record(home: Home) -> None:
    before: Calibration = calibrated()
    export_article30(home, language="en", form="md", actor="command")
    export_dpia(home, before, language="en", form="md", actor="command")
    after = before.model_copy(update={"fpir": 0.0005})

    held = held_papers(home, after)

    assert {name: one and one.current for name, one in held.items()} == {
        "article30": True,
        "dpia": False,
    }
    assert all(one and one.current for one in held_papers(home, before).values())


def test_what_the_shop_is_called_is_no_markup(home: Home) -> None:
    home = reopened(home, store=home.config.store.model_copy(update={"name": "<b>A&B</b>"}))

    page = as_html(article30(describe(home), "en", DAY))

    assert "&lt;b&gt;A&amp;B&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "DEMO: Record" in page


def test_a_file_is_new_and_for_its_owner(command: Command, home: Home, tmp_path: Path) -> None:
    out = tmp_path / "record.md"
    made = command("papers", "article30", "--out", str(out), "--json")
    assert (made.code, stat.S_IMODE(out.stat().st_mode)) == (0, 0o600)

    again = command("papers", "article30", "--out", str(out))
    other = command("papers", "dpia", "--out", str(tmp_path / "record.doc"))

    assert (again.code, other.code) == (2, 2)
    assert "there already" in again.err
    assert not (tmp_path / "record.doc").exists()


def test_the_assessment_goes_to_standard_output_too(command: Command, home: Home) -> None:
    pairing_code(home, "edge", "door")
    with home.databases.identity.write() as identity:
        attest_sign(home, identity, "door")

    made = command("papers", "dpia", "--language", "nl", "--json")

    assert made.code == 0
    assert made.json["language"] == "nl"
    assert any("Risico" in section["title"] for section in made.json["sections"])
