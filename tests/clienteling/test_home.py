"""A shop's data folder: made once, opened whole or not at all."""

import shutil
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from clienteling.config import PapersConfig, RegionConfig, load_config
from clienteling.errors import ClientelingError, RefusedError, StartError, UsageError
from clienteling.home import (
    ERASERS,
    NewHome,
    init_home,
    new_store,
    open_home,
)
from clienteling.region import admission, edge_policy
from consent.errors import StorageError
from consent.office import resume
from consent.region.policy import CapturePolicy
from tests.support.shops import make_home

EU = RegionConfig(region="eu", policy="trigger")
TODAY = date(2026, 11, 22)


def new(region: RegionConfig) -> NewHome:
    return NewHome(store=new_store("Sweet Corner"), region=region, papers=PapersConfig())


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "shop"
    make_home(path).databases.close()
    return path


@pytest.fixture
def made(made_once: Path, tmp_path: Path) -> Path:
    """A shop on disk, closed."""
    return Path(shutil.copytree(made_once, tmp_path / "shop"))


def test_a_new_shop_opens_again_as_it_was_made(made: Path) -> None:
    home, again = open_home(made), open_home(made)

    assert home.config == again.config
    assert home.office.ring.log_public == again.office.ring.log_public
    assert home.profile.region == "eu"
    assert home.office.dpia_id == "DEMO-DPIA"
    assert resume(home.office) == ()


def test_nobody_else_can_read_the_folder_or_what_matters_in_it(tmp_path: Path) -> None:
    path = tmp_path / "shop"
    make_home(path)

    def others(name: str) -> int:
        return stat.S_IMODE((path / name).stat().st_mode) & 0o077

    for name in ("", "keys", "keys/root.key", "identity.db", "templates.db", "keys.db"):
        assert others(name) == 0, name


def test_the_log_s_public_key_lies_beside_the_databases(made: Path) -> None:
    (made / "log.vkey").unlink()

    open_home(made)

    assert (made / "log.vkey").read_text().startswith("clienteling")


def test_a_store_gets_an_id_of_its_own() -> None:
    one, other = new_store("Sweet Corner"), new_store("Sweet Corner", address="Markt 1")

    assert one.id != other.id
    assert other.address == "Markt 1"


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (RegionConfig(region="eu"), "no default policy"),
        (RegionConfig(region="eu", policy="ambient"), "refuses the policy 'ambient'"),
        (RegionConfig(region="eu", policy="zone"), "refuses the policy 'zone'"),
        (RegionConfig(region="us", state="IL", policy="ambient"), "refuses the policy"),
        (RegionConfig(region="us", state="XX"), "Unknown state"),
        (RegionConfig(region="us", state="OR", place="portland"), "bans face recognition"),
        (RegionConfig(region="us", place="Portland"), "bans face recognition"),
        (RegionConfig(region="moon", policy="trigger"), "Unknown region"),
        (RegionConfig(region="eu", policy="watching"), "There is no policy watching"),
    ],
)
def test_what_the_region_refuses_leaves_no_folder(
    tmp_path: Path, region: RegionConfig, words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        init_home(tmp_path / "shop", new(region))

    assert not (tmp_path / "shop").exists()


def test_a_second_shop_in_the_same_folder_is_refused_and_changes_nothing(made: Path) -> None:
    before = (made / "keys" / "root.key").read_bytes(), load_config(made)

    with pytest.raises(UsageError, match="already holds a shop"):
        init_home(made, new(EU))

    assert ((made / "keys" / "root.key").read_bytes(), load_config(made)) == before


def test_an_init_that_died_halfway_does_not_open_and_keeps_its_key(made: Path) -> None:
    """The configuration comes last: without it the folder is no shop."""
    (made / "config.toml").unlink()
    key = (made / "keys" / "root.key").read_bytes()

    with pytest.raises(StartError, match="not a shop's data folder"):
        open_home(made)
    with pytest.raises(UsageError, match="hold a shop already"):
        init_home(made, new(EU))

    assert (made / "keys" / "root.key").read_bytes() == key


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StartError, match=r"file/shop.* cannot be"):
        init_home(tmp_path / "file" / "shop", new(EU))


@pytest.mark.parametrize("name", ["identity.db", "templates.db", "keys.db"])
@pytest.mark.parametrize("left", [None, b""])
def test_a_shop_that_lost_a_database_does_not_start_with_an_empty_one(
    made: Path, name: str, left: bytes | None
) -> None:
    (made / name).unlink()
    if left is not None:
        (made / name).write_bytes(left)

    with pytest.raises(StartError, match=f"{name} is missing. Restore it"):
        open_home(made)


@pytest.mark.parametrize("name", ["identity", "templates", "keys"])
def test_a_damaged_database_is_named(made: Path, name: str) -> None:
    path = made / f"{name}.db"
    path.write_bytes(b"\x00" * path.stat().st_size)

    with pytest.raises(StartError, match=f"The {name} database cannot be opened"):
        open_home(made)


def test_a_root_key_that_is_missing_is_named(made: Path) -> None:
    (made / "keys" / "root.key").unlink()

    with pytest.raises(StartError, match=r"root.key does not exist. Restore it"):
        open_home(made)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"v": 1}', '{"v": 1, "kind": "development"}'])
def test_a_root_key_that_is_damaged_is_named(made: Path, content: str) -> None:
    (made / "keys" / "root.key").write_text(content)

    with pytest.raises(StartError, match=r"root.key is damaged. Restore it"):
        open_home(made)


def test_a_root_key_that_others_can_read_is_refused(made: Path) -> None:
    (made / "keys" / "root.key").chmod(0o644)

    with pytest.raises(StartError, match=r"can be read by others. Run: chmod 600"):
        open_home(made)


def test_the_root_key_of_another_shop_does_not_open_this_one(made: Path, tmp_path: Path) -> None:
    make_home(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "keys" / "root.key", made / "keys" / "root.key")

    with pytest.raises(StartError, match="the key above it is another one"):
        open_home(made)


def test_a_passphrase_seals_the_root_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given CLIENTELING_PASSPHRASE_FILE, the key opens with it, with no other, and not without."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse battery staple\n")
    monkeypatch.setenv("CLIENTELING_PASSPHRASE_FILE", str(passphrase))
    home = make_home(tmp_path / "shop")

    assert not home.development_key
    assert not open_home(tmp_path / "shop").development_key

    passphrase.write_text("wrong horse\n")
    with pytest.raises(StartError, match="The passphrase does not open"):
        open_home(tmp_path / "shop")

    passphrase.write_text("\n")
    with pytest.raises(StartError, match=r"is empty. Write the passphrase"):
        open_home(tmp_path / "shop")

    passphrase.unlink()
    with pytest.raises(StartError, match=r"names .*passphrase, which cannot be read"):
        open_home(tmp_path / "shop")

    monkeypatch.delenv("CLIENTELING_PASSPHRASE_FILE")
    with pytest.raises(StartError, match=r"is sealed. Name its passphrase's file"):
        open_home(tmp_path / "shop")


def test_without_a_passphrase_the_key_is_for_development(made: Path) -> None:
    assert open_home(made).development_key


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('region = "eu"', "Unknown region 'atlantis'"),
        ('policy = "trigger"', "policy: is not a known key"),
    ],
)
def test_an_altered_configuration_stops_the_start(made: Path, change: str, words: str) -> None:
    path = made / "config.toml"
    altered = {'region = "eu"': 'region = "atlantis"', 'policy = "trigger"': "[policy]\nx = 1"}
    path.write_text(path.read_text().replace(change, altered[change]))

    with pytest.raises(ClientelingError, match=words):
        open_home(made)


def test_a_full_disk_loses_nothing_and_says_what_to_do(made: Path) -> None:
    home = open_home(made)
    with home.databases.identity.write() as session:
        session.execute(text("PRAGMA max_page_count=1"))

    with (
        pytest.raises(StorageError, match=r"The disk is full. Make room"),
        home.databases.identity.write() as session,
    ):
        session.execute(text("CREATE TABLE much AS SELECT randomblob(1000000) AS bytes"))

    with home.databases.identity.read() as session:
        assert session.scalar(text("SELECT count(*) FROM log_entry")) == 0


def test_live_recognition_needs_its_papers(made: Path) -> None:
    home = open_home(made)

    with pytest.raises(RefusedError, match="--dpo-signed"):
        admission(home.config, home.profile, live=True, today=TODAY)


def test_the_policy_asked_for_goes_before_the_configured_one(made: Path) -> None:
    home = open_home(made)

    with pytest.raises(RefusedError, match="'ambient'"):
        admission(home.config, home.profile, live=False, today=TODAY, policy="ambient")
    admitted = admission(home.config, home.profile, live=False, today=TODAY)
    assert admitted.policy is CapturePolicy.TRIGGER


def test_a_challenge_needs_a_press(tmp_path: Path) -> None:
    home = make_home(tmp_path / "us", RegionConfig(region="us"))

    def asked(policy: str) -> bool:
        admitted = admission(home.config, home.profile, live=False, today=TODAY, policy=policy)
        return edge_policy(admitted, "m", live=False, challenge=True).challenge

    assert asked("trigger")
    with pytest.raises(StartError, match="needs the policy trigger"):
        asked("ambient")


def test_an_edge_is_told_how_near_a_customer_must_stand(tmp_path: Path) -> None:
    home = make_home(tmp_path / "us", RegionConfig(region="us"))

    def height(policy: str) -> float:
        admitted = admission(home.config, home.profile, live=False, today=TODAY, policy=policy)
        return edge_policy(admitted, "m", live=False).min_face_height

    assert (height("trigger"), height("zone"), height("ambient")) == (0.2, 0.2, 0.0)


def test_every_eraser_has_a_name_of_its_own_and_templates_go_first() -> None:
    names = [eraser.name for eraser in ERASERS]

    assert names[0] == "templates"
    assert len(set(names)) == len(names)


def test_the_clock_is_the_one_given(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)

    assert init_home(tmp_path / "shop", new(EU), now=lambda: moment).office.now() == moment
