"""Measuring: how well people are recognised, and how fast."""

from clienteling.cli import bench, bench_camera
from clienteling.cli.grammar import Parsers, add_group


def add_commands(commands: Parsers) -> None:
    speed = add_group(commands, "bench", "Measure speed")
    bench_camera.add_commands(speed)
    bench.add_commands(speed)
