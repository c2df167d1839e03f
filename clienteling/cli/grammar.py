"""What every command's grammar is made of: how one is added, and the types of its options."""

import argparse
from collections.abc import Callable
from datetime import date
from typing import Any

Parsers = Any  # argparse gives its sub-parser collections no public type
Run = Callable[[argparse.Namespace], int]


def add_command(
    commands: Parsers, name: str, run: Run, help_text: str, example: str
) -> argparse.ArgumentParser:
    """Add a command; its help ends with an example, and it takes `--json`."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help_text,
        description=help_text,
        epilog=f"Example: clienteling {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="last line: one JSON object")
    parser.set_defaults(run=run)
    return parser


def add_group(commands: Parsers, name: str, help_text: str) -> Parsers:
    """Add a word that commands follow."""
    parser = commands.add_parser(name, help=help_text, description=help_text)
    return parser.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")


def a_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-22") from error


def a_count(most: int, *, least: int = 1) -> Callable[[str], int]:
    """Return the type of a whole number from `least` to `most`."""

    def count(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
        return int(text)

    return count


def a_port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:  # noqa: PLR2004  (the port range)
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def some_seconds(text: str) -> tuple[float, ...]:
    try:
        seconds = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a list of seconds like 3.0,15.5"
        ) from error
    if any(second < 0 or second != second for second in seconds):  # noqa: PLR0124  (NaN)
        raise argparse.ArgumentTypeError("seconds cannot be negative")
    return seconds


def a_rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate like 0.001") from error
    # Written so that a NaN fails.
    if not 0 < rate < 1:
        raise argparse.ArgumentTypeError("a rate lies between 0 and 1, as 0.001 for 1 in 1,000")
    return rate
