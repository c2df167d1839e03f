"""The grammar of the command line: every command, its options, and an example in its help."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from clienteling.catalogue.allergens import Allergen
from consent.purposes import CHOICES

Parsers = Any  # argparse gives its sub-parser collections no public type


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of every command; `command` in its result names what was asked."""
    parser = argparse.ArgumentParser(
        prog="clienteling",
        description="Recognise only the customers who asked for it. "
        "CLIENTELING_HOME names the shop's data folder.",
    )
    commands = parser.add_subparsers(dest="group", required=True, metavar="COMMAND")
    _shop(commands)
    _customers(commands)
    _log(commands)
    _cameras(commands)
    _demo(commands)
    return parser


def _add(
    commands: Parsers, name: str, command: str, help_text: str, example: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help_text,
        description=help_text,
        epilog=f"Example: clienteling {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="last line: one JSON object")
    parser.set_defaults(command=command)
    return parser


def _group(commands: Parsers, name: str, help_text: str) -> Parsers:
    group = commands.add_parser(name, help=help_text, description=help_text)
    return group.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")


def _shop(commands: Parsers) -> None:
    init = _add(
        commands,
        "init",
        "init",
        "Make the data folder of a shop",
        'init --region eu --store "Sweet Corner" --policy trigger --dpia DPIA-7 '
        "--dpo-signed 2026-11-01 --sign-attested 2026-11-02",
    )
    init.add_argument("--region", choices=("eu", "us"))
    init.add_argument("--state", help="US state, two letters; needed before a hub or edge starts")
    init.add_argument("--place", help="town, where a town of that state has a law of its own")
    init.add_argument("--store", metavar="NAME")
    init.add_argument("--address", help="of the shop, for receipts")
    init.add_argument("--contact", help="e-mail or phone of the shop, for receipts")
    init.add_argument("--dpo", help="contact of the data protection officer, for receipts")
    init.add_argument("--policy", help="pass, trigger, zone or ambient, as the region allows")
    init.add_argument("--dpia", metavar="ID", help="number of the impact assessment")
    init.add_argument("--dpo-signed", type=_date, metavar="DATE")
    init.add_argument("--sign-attested", type=_date, metavar="DATE")
    init.add_argument("--non-interactive", action="store_true", help="ask nothing")

    serve = _add(commands, "serve", "serve", "Run the hub: tablets, kiosk, officer, edges", "serve")
    serve.add_argument("--port", type=_port, help="default: that of config.toml (8080)")

    users = _group(commands, "user", "People who sign in")
    add = _add(
        users,
        "add",
        "user add",
        "Add a member of staff; the password comes from standard input",
        "user add --username anna --role staff --role trained < password.txt",
    )
    add.add_argument("--username", required=True)
    add.add_argument("--name", help="what colleagues see; default: the user name")
    add.add_argument(
        "--role",
        action="append",
        required=True,
        choices=("staff", "trained", "manager", "officer", "admin"),
    )
    add.add_argument("--password-file", type=Path, help="instead of standard input")

    devices = _group(commands, "device", "Kiosks, greeting displays, tablets and edges")
    add = _add(
        devices,
        "add",
        "device add",
        "Make a one-time pairing code for a device",
        "device add --kind edge --name door --camera entrance",
    )
    add.add_argument("--kind", required=True, choices=("edge", "kiosk", "greet", "tablet"))
    add.add_argument("--name", required=True)
    add.add_argument("--camera", help="for an edge and a greeting display: the camera's name")


def _customers(commands: Parsers) -> None:
    enrol = _add(
        commands,
        "enrol",
        "enrol",
        "Enrol a customer who signed the paper form",
        'enrol --name "A. Jansen" --photo 1.jpg 2.jpg 3.jpg '
        '--purposes recognise,preferences,allergies --allergy milk --attest "paper form 17"',
    )
    enrol.add_argument("--name", required=True)
    enrol.add_argument("--email")
    enrol.add_argument("--photo", nargs="+", action="extend", default=[], metavar="FILE")
    enrol.add_argument(
        "--purposes", required=True, metavar="LIST", help=f"of: {', '.join(CHOICES)}"
    )
    enrol.add_argument(
        "--allergy",
        nargs="+",
        action="extend",
        default=[],
        metavar="CODE",
        help=f"of: {', '.join(Allergen)}; other words are kept as the customer's own",
    )
    enrol.add_argument(
        "--allergies", choices=("none-known",), help="the customer says that there are none"
    )
    enrol.add_argument("--likes", nargs="+", action="extend", default=[], metavar="WORDS")
    enrol.add_argument(
        "--attest",
        required=True,
        metavar="FORM",
        help="which paper form carries age 18+, the notice and the signature",
    )
    enrol.add_argument("--notice", help="version of the notice on the form; default: the current")
    enrol.add_argument("--language", choices=("nl", "en"), default="nl")

    customers = _group(commands, "customer", "One customer")
    show = _add(
        customers,
        "show",
        "customer show",
        "Show what is held (the read is logged)",
        "customer show 0b9f…",
    )
    show.add_argument("id")
    erase = _add(
        customers,
        "erase",
        "customer erase",
        "Erase everything and tell every camera",
        "customer erase 0b9f…",
    )
    erase.add_argument("id")

    consents = _group(commands, "consent", "One customer's consents")
    show = _add(consents, "show", "consent show", "Show each consent event", "consent show 0b9f…")
    show.add_argument("id")
    withdraw = _add(
        consents,
        "withdraw",
        "consent withdraw",
        "Withdraw one purpose, or all of them",
        "consent withdraw 0b9f… --purpose recognise",
    )
    withdraw.add_argument("id")
    withdraw.add_argument("--purpose", nargs="+", action="extend", default=[], metavar="NAME")


def _log(commands: Parsers) -> None:
    log = _group(commands, "log", "The log that cannot be rewritten unseen")
    verify = _add(
        log,
        "verify",
        "log verify",
        "Recompute the whole log and compare",
        "log verify --against checkpoint.txt",
    )
    verify.add_argument(
        "--against",
        type=Path,
        metavar="CHECKPOINT",
        help="a checkpoint kept elsewhere (an edge's, a receipt's): proves the end of the log",
    )


def _cameras(commands: Parsers) -> None:
    camera = _add(
        commands,
        "camera",
        "camera",
        "Run the edge service of one camera",
        "camera --source 0 --hub http://127.0.0.1:8080 --state ./edge --pair-code-file code.txt",
    )
    camera.add_argument("--source", help="a video file, a device number, or rtsp://…")
    camera.add_argument("--hub", metavar="URL")
    camera.add_argument("--state", type=Path, metavar="FOLDER", help="keys and pairing of this box")
    camera.add_argument("--pair-code-file", type=Path, metavar="FILE", help="“-”: standard input")
    camera.add_argument("--config", type=Path, metavar="TOML", help="the same settings in a file")
    camera.add_argument("--encoder", choices=("sface", "dlib"))
    camera.add_argument("--calibration", type=Path, metavar="FILE")
    camera.add_argument("--name", help="what the officer calls this box")
    camera.add_argument("--loop", action="store_true", default=None, help="play a file again")

    replay = _add(
        commands,
        "replay",
        "replay",
        "Run the camera's pipeline over a file, without a hub",
        "replay clip.mp4 --policy trigger --press 3.0,15.5 --json",
    )
    replay.add_argument("video")
    replay.add_argument("--policy", required=True)
    replay.add_argument(
        "--press", type=_seconds, metavar="SECONDS", help="when “greet me” was pressed: 3.0,15.5"
    )
    replay.add_argument("--names", action="store_true", help="add the customer's name")


def _demo(commands: Parsers) -> None:
    demo = _add(commands, "demo", "demo", "Run a demo shop on this machine", "demo --check --json")
    demo.add_argument("--check", action="store_true", help="check the main job, then stop")
    demo.add_argument("--camera", metavar="N", help="use webcam number N instead of the clip")
    demo.add_argument("--port", type=_port, default=8080)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-22") from error


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:  # noqa: PLR2004  (the port range)
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def _seconds(text: str) -> tuple[float, ...]:
    try:
        seconds = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a list of seconds like 3.0,15.5"
        ) from error
    if any(second < 0 or second != second for second in seconds):  # noqa: PLR0124  (NaN)
        raise argparse.ArgumentTypeError("seconds cannot be negative")
    return seconds
