"""Thresholds of the shop's own on the command line: proposed, approved, and only then used."""

import shutil
from pathlib import Path

import pytest

from clienteling.access.approvals import decide, proposals
from clienteling.access.users import RoleName
from clienteling.home import Home, open_home
from clienteling.recognition import calibration
from tests.support.shops import Command, make_home

PACKAGED = Path(calibration.__file__).parent / "sface-2021dec-mirrored.json"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_home(tmp_path / "shop").databases.close()
    return tmp_path / "shop"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return Path(shutil.copy(PACKAGED, tmp_path / "own.json"))


def approve(home: Home) -> None:
    with home.databases.identity.read() as identity:
        waiting = [one for one in proposals(identity, home.office) if one.approved is None]
    assert waiting
    for one in waiting:
        decide(home.office, one.id, approve=True, actor="user:9", roles=[RoleName.OFFICER])


def test_a_calibration_is_proposed_then_approved(command: Command, home: Path, own: Path) -> None:
    first = command("calibration", "propose", str(own))
    assert first.code == 3
    assert "second person" in first.err
    assert "calibration" in command("approvals", "list").out

    approve(open_home(home))
    assert command("calibration", "propose", str(own), "--json").json["approved"] is True

    # Another file needs another approval.
    own.write_text(own.read_text().replace('"margin": ', '"margin":  '))
    assert command("calibration", "propose", str(own)).code == 3


def test_the_hub_does_not_start_with_thresholds_that_one_person_set(
    command: Command, home: Path, own: Path
) -> None:
    config = home / "config.toml"
    text = config.read_text().replace("[recognition]", f'[recognition]\ncalibration = "{own}"')
    config.write_text(text)
    refused = command("serve", "--port", "1")
    assert refused.code == 3
    assert "second person" in refused.err


def test_a_file_that_is_no_calibration_is_not_even_proposed(
    command: Command, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "no.json").write_text("{}")
    assert command("calibration", "propose", str(tmp_path / "no.json")).code == 4
    assert "Nothing was proposed" in command("approvals", "list").out
