"""A button on a box without a display."""

import sys
from pathlib import Path

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args
from clienteling.errors import UsageError


def add_commands(commands: Parsers) -> None:
    button = add_command(
        commands,
        "button",
        run_button,
        "Press “greet me” for each key of an input device, or each line of standard input; show "
        "the pass that a code reader types",
        "button --input /dev/input/by-id/usb-Button-event-kbd --hub https://hub.shop.example "
        "--camera entrance --token-file token.txt",
    )
    button.add_argument("--hub", required=True, metavar="URL")
    button.add_argument("--camera", required=True, metavar="NAME")
    button.add_argument("--token-file", required=True, type=Path, metavar="FILE")
    button.add_argument("--input", type=Path, metavar="DEVICE", help="default: standard input")
    button.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="KEY_ENTER",
        help="only this key of the device presses; may be given again (default: every key)",
    )
    button.add_argument(
        "--reader",
        action="store_true",
        help="the device is a code reader, set to a US keyboard with Enter at the end: a pass that "
        "it types is shown to the hub, anything else presses",
    )


def run_button(args: Args) -> int:
    from camera.button import ButtonConfig
    from camera.button import run_button as run
    from camera.keys import device_presses, device_scans, lines

    if args.reader and (args.input is None or args.key):
        raise UsageError("--reader goes with --input and without --key: it reads whole codes.")
    config = ButtonConfig(args.hub, args.camera, args.token_file)
    if args.input is None:
        return run(config, lines(sys.stdin))
    if args.reader:
        return run(config, device_scans(args.input))
    return run(config, device_presses(args.input, args.key))
