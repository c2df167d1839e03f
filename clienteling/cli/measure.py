"""Measuring: how well people are recognised, and how fast."""

from clienteling.cli import bench
from clienteling.cli.grammar import Parsers, add_group


def add_commands(commands: Parsers) -> None:
    bench.add_commands(add_group(commands, "bench", "Measure speed"))
