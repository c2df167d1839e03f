"""The machine and the data folder: what can be seen without a key."""

import platform
import shutil
import socket
import stat
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

from clienteling.config import Config
from clienteling.doctor.check import Check, fail, ok, warn
from clienteling.keystore.keys_config import FileKeys
from clienteling.recognition.engine import build_engine

#: Below, a backup or a rotation may not find room; below the second, the log cannot grow.
_LITTLE, _TOO_LITTLE = 2 * 2**30, 200 * 2**20
#: Where to ask a hub that listens everywhere.
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (compared, not bound)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def look_at_machine(folder: Path, config: Config) -> Iterator[Check]:
    """Look at what runs the shop: program, disk, rights of files, and what may be missing."""
    yield ok("program", f"Python {platform.python_version()} on {platform.machine()}")
    yield _disk(folder)
    yield _rights(folder, config)
    yield _paper_printer()
    yield _port(config)


def look_at_recognition(config: Config) -> Iterator[Check]:
    """Load the models and the calibration, as a start would.

    Raises:
        StartError: weights, processor or calibration do not fit; says which.
    """
    wanted = config.recognition
    engine = build_engine(wanted.encoder, wanted.calibration, wanted, also=wanted.also)
    source = engine.calibration.source
    yield ok("recognition", f"{engine.encoder.model_id} runs; thresholds from: {source}")


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    says = f"{free / 2**30:.1f} GiB free beside {folder}"
    if free < _TOO_LITTLE:
        return fail("disk", says, "Make room: without it nothing can be recorded or withdrawn.")
    if free < _LITTLE:
        return warn("disk", says, "Make room for backups, or put them elsewhere.")
    return ok("disk", says)


def _rights(folder: Path, config: Config) -> Check:
    files = [*folder.glob("*.db")]
    if isinstance(config.keys, FileKeys):
        files += [one for one in (folder / "keys").glob("*") if one.is_file()]
    open_to_others = [one for one in (folder, *files) if one.stat().st_mode & _OTHERS]
    if not open_to_others or not folder.stat().st_mode & _OTHERS:
        return ok("files", "Only their owner can read the databases and keys.")
    names = ", ".join(str(one.relative_to(folder.parent)) for one in open_to_others[:5])
    return warn(
        "files",
        f"Other users of this machine can reach {names}.",
        f"chmod 700 {folder}",
    )


def _paper_printer() -> Check:
    if find_library("pango-1.0") and find_library("pangoft2-1.0"):
        return ok("pdf", "Receipts and exports can be made as PDF.")
    return warn(
        "pdf",
        "Pango is missing: pages print from the browser, and no PDF is made.",
        "Debian: apt install libpango-1.0-0 libpangoft2-1.0-0",
    )


def _port(config: Config) -> Check:
    """Ask whether a hub answers; any answer counts, since another user may run it."""
    host = _HERE.get(config.hub.host, config.hub.host)
    where = f"{host}:{config.hub.port}"
    try:
        with socket.create_connection((host, config.hub.port), timeout=1):
            return ok("hub", f"Something answers at {where}.")
    except OSError:
        return warn("hub", f"No hub answers at {where}.", "clienteling serve")
