"""R40: in the EU nothing goes live without the assessment's id, its sign-off and the record.

Fails when `_check_papers` asks for less, when `serve` does not pass the record on, when
`Description.sha256` leaves something out, or when `SignBook.hold` does not ask for the record.
"""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import web.server
from clienteling.config import (
    Config,
    PapersConfig,
    ProcessingConfig,
    RegionConfig,
    load_config,
    save_config,
)
from clienteling.home import Home, NewHome, init_home, new_store, open_home
from clienteling.recognition import engine as engines
from clienteling.recognition.engine import Engine
from clienteling.service.cameras import topic
from clienteling.service.models import ExportRow
from clienteling.service.signs import Hold, SignBook
from clienteling.service.windows import Outcome, Window
from consent.clock import parse, stamp
from consent.log.events import EventKind
from consent.region.article30 import GRACE
from tests.support.edges import pair_edge
from tests.support.shops import Command, Result, logged
from tests.support.web import ShopClock, attest_sign, export_record
from web.context import Hub

PAPERS = PapersConfig(dpia_id="DPIA-7", dpo_signed=date(2026, 1, 1))

Serve = Callable[[], Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    region = RegionConfig(region="eu", policy="trigger")
    home = init_home(tmp_path / "shop", NewHome(new_store("Sweet Corner"), region, PAPERS))
    home.databases.close()
    return home.path


@pytest.fixture
def serve(command: Command, monkeypatch: pytest.MonkeyPatch, real_engine: Engine) -> Serve:
    """Start the hub; it ends at once where it would serve."""
    monkeypatch.setattr(engines, "build_engine", lambda *_args, **_options: real_engine)
    monkeypatch.setattr(web.server, "serve", lambda *_args, **_options: 0)
    return lambda: command("serve")


@pytest.fixture
def exported(command: Command, folder: Path, tmp_path: Path) -> Path:
    """The record of the shop, exported by command."""
    out = tmp_path / "article30.html"
    ended = command("papers", "article30", "--out", str(out), "--language", "nl")
    assert ended.code == 0, ended.err
    return out


def change(folder: Path, section: str, **values: Any) -> None:
    config: Config = load_config(folder)
    part = getattr(config, section).model_copy(update=values)
    save_config(folder, config.model_copy(update={section: part}))


def test_with_all_three_it_starts(serve: Serve, exported: Path) -> None:
    assert exported.exists()
    assert serve().code == 0


@pytest.mark.parametrize(
    ("lacking", "asked"), [({"dpia_id": None}, "--dpia"), ({"dpo_signed": None}, "--dpo-signed")]
)
def test_without_assessment_or_sign_off_it_refuses(
    serve: Serve, folder: Path, exported: Path, lacking: dict[str, None], asked: str
) -> None:
    change(folder, "papers", **lacking)
    export_record(open_home(folder))  # the record itself is in order

    ended = serve()

    assert (ended.code, asked in ended.err) == (3, True)


def test_without_the_record_it_refuses_and_says_how(serve: Serve, folder: Path) -> None:
    ended = serve()

    assert ended.code == 3
    assert "`clienteling papers article30 --out FILE`" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(("days", "code"), [(365, 0), (366, 3)])
def test_it_counts_for_as_long_as_the_profile_says(
    serve: Serve, folder: Path, exported: Path, days: int, code: int
) -> None:
    home = open_home(folder)
    with home.databases.identity.write() as identity:
        row = identity.get_one(ExportRow, "article30")
        row.exported_at = stamp(parse(row.exported_at) - timedelta(days=days))

    ended = serve()

    assert (ended.code, "recent enough" in ended.err) == (code, code != 0)


@pytest.mark.parametrize(
    ("section", "values"),
    [
        ("store", {"address": "Elsewhere 1"}),
        ("store", {"dpo": "dpo@shop.example"}),
        ("papers", {"dpia_id": "DPIA-8"}),
        ("region", {"policy": "pass"}),
        ("processing", {"recipients": ("A hosting company, NL",)}),
        ("processing", {"storage": ("a data centre, DE",)}),
    ],
)
def test_what_it_describes_must_not_have_changed(
    serve: Serve, folder: Path, exported: Path, section: str, values: dict[str, Any]
) -> None:
    change(folder, section, **values)

    # It starts, says until when the record is due, and the days count from here.
    for _ in range(2):
        ended = serve()
        assert (ended.code, ended.err.count("Export it again by")) == (0, 1)
    noticed_days_ago(folder, GRACE.days)
    assert serve().code == 0
    noticed_days_ago(folder, GRACE.days + 1)
    ended = serve()
    assert (ended.code, "no longer describes" in ended.err) == (3, True)

    export_record(open_home(folder))
    ended = serve()
    assert (ended.code, "Export it again" in ended.err) == (0, False)


def test_a_change_that_is_taken_back_starts_no_count(
    serve: Serve, folder: Path, exported: Path
) -> None:
    """The record holds again, and the next change has its own days."""
    change(folder, "store", address="Elsewhere 1")
    assert serve().code == 0
    noticed_days_ago(folder, GRACE.days + 1)
    change(folder, "store", address="")
    assert serve().code == 0
    change(folder, "store", address="Elsewhere 2")
    assert serve().code == 0


def test_a_change_after_a_new_export_has_days_of_its_own(
    serve: Serve, folder: Path, exported: Path
) -> None:
    change(folder, "store", address="Elsewhere 1")
    assert serve().code == 0
    noticed_days_ago(folder, GRACE.days + 1)
    export_record(open_home(folder))
    change(folder, "store", address="Elsewhere 2")
    assert serve().code == 0


def noticed_days_ago(folder: Path, days: int) -> None:
    home = open_home(folder)
    with home.databases.identity.write() as identity:
        row = identity.get_one(ExportRow, "article30")
        assert row.changed_at is not None
        row.changed_at = stamp(home.office.now() - timedelta(days=days))


def test_a_new_witness_changes_it_too(
    command: Command, serve: Serve, folder: Path, exported: Path, tmp_path: Path
) -> None:
    """The command says so at once: the next start may be far away."""
    state, name = str(tmp_path / "witness"), "dpo.example/witness"
    made = command(
        *("witness", "init", "--state", state, "--name", name, "--hub", "http://127.0.0.1:9"),
        *("--log-key", str(tmp_path / "shop" / "log.vkey"), "--json"),
    )
    added = command("log", "witness", "add", name, made.json["key"])

    assert (added.code, "Export it again by" in added.err) == (0, True)
    noticed_days_ago(folder, GRACE.days + 1)
    assert serve().code == 3


def test_what_a_paper_does_not_describe_does_not_matter(
    serve: Serve, folder: Path, exported: Path
) -> None:
    change(folder, "hub", port=8099)
    change(folder, "store", language="nl")
    change(folder, "processing", address="https://hub.shop.example")

    assert ProcessingConfig() != load_config(folder).processing
    assert serve().code == 0


def test_the_export_is_in_the_log_by_its_hash(folder: Path, exported: Path) -> None:
    (entry,) = logged(open_home(folder).office, EventKind.PAPER_EXPORTED)

    detail = entry.detail or {}
    assert detail["sha256"] == hashlib.sha256(exported.read_bytes()).hexdigest()
    assert (detail["paper"], detail["language"], entry.actor) == ("article30", "nl", "command")


def test_a_running_hub_holds_its_cameras_when_the_record_s_term_ends(
    client: FlaskClient, hub: Hub, shop: Home, shop_clock: ShopClock
) -> None:
    edge = pair_edge(client, shop)
    hub.bus.subscribe(topic("door"))
    shop_clock.forward(timedelta(days=367).total_seconds())
    with shop.databases.identity.write() as identity:
        attest_sign(shop, identity, "door")

    with shop.databases.identity.read() as identity:
        assert SignBook(shop.office, "trigger", None).hold(identity, "door") is Hold.NO_RECORD
    assert hub.presses.press("door") is Outcome.UNAVAILABLE
    assert edge.pull().stopped

    export_record(shop)
    assert isinstance(hub.presses.press("door"), Window)
    assert not edge.pull().stopped
