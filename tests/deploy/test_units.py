"""The systemd units are valid, and as hardened as they say."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
ANALYZE = shutil.which("systemd-analyze")


def _installed(folder: Path) -> list[Path]:
    """Return the units with a program that exists here, as `verify` asks for one."""
    program = folder / "clienteling"
    program.write_text("#!/bin/sh\n", encoding="ascii")
    program.chmod(0o755)
    units = []
    for source in UNITS.glob("*.service"):
        text = source.read_text(encoding="utf-8")
        text = re.sub(r"/opt/clienteling/\.venv/bin/clienteling", str(program), text)
        text = re.sub(r"^Documentation=.*$", "", text, flags=re.MULTILINE)
        target = folder / source.name.replace("@.", "@entrance.")
        target.write_text(text, encoding="utf-8")
        units.append(target)
    return units


@pytest.mark.skipif(
    ANALYZE is None and os.environ.get("CI") != "true",
    reason="systemd-analyze is not installed here",
)
def test_units_are_valid(tmp_path: Path) -> None:
    """`systemd-analyze verify` finds nothing to say about any unit."""
    assert ANALYZE is not None, "CI installs systemd"
    units = _installed(tmp_path)
    assert len(units) == 3
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", *map(str, units)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    named = [line for line in done.stderr.splitlines() if "clienteling" in line]
    assert (done.returncode, named) == (0, [])


@pytest.mark.skipif(
    ANALYZE is None and os.environ.get("CI") != "true",
    reason="systemd-analyze is not installed here",
)
def test_the_hub_is_valid_with_its_root_key_as_a_credential(tmp_path: Path) -> None:
    """With the drop-in, systemd passes the root key and no passphrase."""
    assert ANALYZE is not None, "CI installs systemd"
    [hub] = [unit for unit in _installed(tmp_path) if unit.name == "clienteling-hub.service"]
    shutil.copytree(UNITS / f"{hub.name}.d", tmp_path / f"{hub.name}.d")
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(hub)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    named = [line for line in done.stderr.splitlines() if "clienteling" in line]
    assert (done.returncode, named) == (0, [])


@pytest.mark.parametrize("unit", sorted(path.name for path in UNITS.glob("*.service")))
def test_units_keep_memory_off_the_disk(unit: str) -> None:
    """R3: neither a crash nor swapping may write frames, templates or keys to disk."""
    lines = (UNITS / unit).read_text(encoding="utf-8").splitlines()
    assert "LimitCORE=0" in lines
    assert "MemorySwapMax=0" in lines
    assert any(line.startswith("LimitMEMLOCK=") for line in lines)
    assert "Restart=always" in lines
    assert "ProtectSystem=strict" in lines


def test_an_alarm_of_the_witness_is_not_started_over() -> None:
    """Exit code 3 says that the log was rewritten: the unit stays failed, and is seen."""
    lines = (UNITS / "clienteling-witness.service").read_text(encoding="utf-8").splitlines()
    assert "RestartPreventExitStatus=3" in lines
