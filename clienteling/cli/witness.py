"""The witness: run by the privacy officer, on another machine than the hub."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from clienteling.cli.grammar import Parsers, a_count, add_command
from clienteling.cli.output import Args, emit, warn
from clienteling.errors import ClientelingError, UsageError

if TYPE_CHECKING:
    from clienteling.witness.folder import WitnessFolder
    from clienteling.witness.watch import Log, Look

_DAY = 24 * 60 * 60
_TRANSIENT = 1


def add_commands(commands: Parsers) -> None:
    """Add `witness`, and `init` behind it."""
    witness = add_command(
        commands,
        "witness",
        run_witness,
        "Watch a shop's log from another machine: check that it only grew, and cosign",
        "witness --state ./witness --every 300",
    )
    witness.add_argument("--state", type=Path, metavar="FOLDER", help="as `witness init` made it")
    how = witness.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="look once and end")
    how.add_argument(
        "--every", type=a_count(_DAY), default=300, metavar="SECONDS", help="default: 300"
    )
    words = witness.add_subparsers(dest="subcommand", metavar="COMMAND")
    init = add_command(
        words,
        "init",
        run_witness_init,
        "Make a witness's key and folder",
        "witness init --state ./witness --name dpo.example/witness "
        "--hub https://hub.shop.example --log-key log.vkey",
    )
    init.add_argument("--state", type=Path, required=True, metavar="FOLDER")
    init.add_argument("--name", required=True, help="a schema-less URL of yours")
    init.add_argument("--hub", required=True, metavar="URL")
    init.add_argument(
        "--log-key", required=True, type=Path, metavar="FILE", help="log.vkey, brought by hand"
    )
    init.add_argument("--ca-file", type=Path, metavar="FILE", help="of the hub's certificate")


def run_witness_init(args: Args) -> int:
    from clienteling.witness.folder import WitnessFolder

    try:
        log_key = args.log_key.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{args.log_key} cannot be read. Give the shop's log.vkey.") from error
    folder = WitnessFolder.make(args.state, args.name, args.hub, log_key, args.ca_file)
    key = folder.verifier_key
    emit(
        args,
        {"name": args.name, "key": key, "state": str(args.state)},
        f"The witness is ready in {args.state}. At the hub, register it:\n"
        f"  clienteling log witness add {args.name} {key}",
    )
    return 0


def run_witness(args: Args) -> int:
    from clienteling.process import ended_by_signals
    from clienteling.witness.folder import WitnessFolder
    from clienteling.witness.log import PublicLog

    if args.state is None:
        raise UsageError("Say --state FOLDER, as `clienteling witness init` made it.")
    folder, stop = WitnessFolder.open(args.state), threading.Event()
    log = PublicLog(folder.settings.hub, folder.settings.ca_file)
    try:
        with folder.alone(), ended_by_signals(stop.set):
            if args.once:
                _tell(args, _look(args, folder, log))
                return 0
            while not stop.is_set():
                _look_again(args, folder, log)
                stop.wait(args.every)
    finally:
        log.close()
    return 0


def _look_again(args: Args, folder: "WitnessFolder", log: "Log") -> None:
    """Look; what may pass by itself is said and tried again, anything else ends the loop."""
    try:
        seen = _look(args, folder, log)
    except ClientelingError as error:
        if error.exit_code != _TRANSIENT:
            raise
        warn(str(error))
    else:
        _tell(args, seen)


def _look(args: Args, folder: "WitnessFolder", log: "Log") -> "Look":
    from clienteling.witness.errors import AlarmError
    from clienteling.witness.watch import look
    from consent import clock

    try:
        return look(folder, log, clock.now())
    except AlarmError as alarm:
        emit(args, {"state": alarm.state, "message": str(alarm), "evidence": str(alarm.evidence)})
        raise


def _tell(args: Args, seen: "Look") -> None:
    grown = "the first look" if seen.grown is None else f"{seen.grown} new"
    emit(
        args,
        {"state": "cosigned", "size": seen.size, "grown": seen.grown, "at": seen.at.isoformat()},
        f"{seen.at:%Y-%m-%d %H:%M:%S} UTC: cosigned {seen.size} entries ({grown}).",
    )
