"""A button on a box without a display."""

import sys
from pathlib import Path

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args


def add_commands(commands: Parsers) -> None:
    button = add_command(
        commands,
        "button",
        run_button,
        "Press “greet me” for each key of an input device, or each line of standard input",
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


def run_button(args: Args) -> int:
    from camera.button import ButtonConfig
    from camera.button import run_button as run
    from camera.keys import device_presses, lines

    presses = lines(sys.stdin) if args.input is None else device_presses(args.input, args.key)
    return run(ButtonConfig(args.hub, args.camera, args.token_file), presses)
