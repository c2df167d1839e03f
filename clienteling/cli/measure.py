"""Measuring: how well people are recognised, and how fast."""

from clienteling.cli.grammar import Parsers, add_group


def add_commands(commands: Parsers) -> None:
    add_group(commands, "bench", "Measure speed")
