"""A real PKCS#11 token in software: Debian's softhsm2, with its store in a temporary folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "135790"


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where SoftHSM keeps its tokens. Its library reads the setting once in a process."""
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        assert not os.environ.get("CI"), "the check needs Debian's softhsm2"
        pytest.skip("no SoftHSM here: apt-get install softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(conf))
        # Every token that the tests use, before the library is loaded: it lists them at its start.
        for label in ("clienteling", "other"):
            pins = ("--so-pin", "24682468", "--pin", PIN)
            subprocess.run(
                ["softhsm2-util", "--init-token", "--free", "--label", label, *pins],
                check=True,
                capture_output=True,
            )
        yield folder
