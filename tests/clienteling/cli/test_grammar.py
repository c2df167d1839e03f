"""The grammar of the command line: each command explains itself, and refuses nonsense."""

import argparse
from collections.abc import Iterator
from datetime import date

import pytest

from clienteling.cli import build_parser

ENROL = ("enrol", "--name", "A", "--purposes", "recognise", "--attest", "form 17")


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Every parser of a command, however deep."""
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        yield parser
    for group in groups:
        for below in group.choices.values():
            yield from parsers(below)


LEAVES = list(parsers(build_parser()))


def command_of(parser: argparse.ArgumentParser) -> str:
    return parser.prog.removeprefix("clienteling ")


@pytest.mark.parametrize("parser", LEAVES, ids=command_of)
def test_every_command_does_something(parser: argparse.ArgumentParser) -> None:
    assert callable(parser.get_default("run"))


@pytest.mark.parametrize("parser", LEAVES, ids=command_of)
def test_every_command_has_json_and_an_example_in_its_help(
    parser: argparse.ArgumentParser,
) -> None:
    help_text = parser.format_help()

    assert "--json" in help_text
    assert f"Example: clienteling {command_of(parser)}" in help_text


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("customer",),
        ("customer", "show"),
        ("init", "--region", "atlantis"),
        ("init", "--dpo-signed", "yesterday"),
        ("serve", "--port", "0"),
        ("serve", "--port", "65536"),
        ("serve", "--port", "http"),
        ("enrol", "--name", "A", "--purposes", "recognise"),
        (*ENROL, "--language", "fr"),
        (*ENROL, "--allergies", "many"),
        ("replay", "clip.avi"),
        ("replay", "clip.avi", "--policy", "trigger", "--press", "soon"),
        ("replay", "clip.avi", "--policy", "trigger", "--press", "-1"),
        ("replay", "clip.avi", "--policy", "trigger", "--press", "nan"),
        ("evaluate", "d", "--gallery", "0"),
        ("evaluate", "d", "--seed", "-1"),
        ("evaluate", "d", "--fpir", "1"),
        ("evaluate", "d", "--fpir", "nan"),
        ("user", "add", "--username", "anna", "--role", "king"),
        ("device", "add", "--kind", "toaster", "--name", "t"),
    ],
)
def test_nonsense_is_a_usage_error(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(arguments)

    assert ended.value.code == 2
    assert "usage: clienteling" in capsys.readouterr().err


def test_photographs_may_be_given_one_by_one_or_together() -> None:
    args = build_parser().parse_args([*ENROL, "--photo", "1", "2", "--photo", "3"])

    assert args.photo == ["1", "2", "3"]


def test_presses_dates_and_ports_are_read() -> None:
    parse = build_parser().parse_args

    assert parse(["replay", "v", "--policy", "trigger", "--press", "3.0,15.5"]).press == (3.0, 15.5)
    assert parse(["init", "--dpo-signed", "2026-11-01"]).dpo_signed == date(2026, 11, 1)
    assert parse(["serve", "--port", "8081"]).port == 8081
