"""Measuring: how well people are recognised, and how fast."""

from clienteling.cli import (
    attacks,
    bench,
    bench_camera,
    bench_customers,
    bench_large,
    bench_withdrawal,
    evaluate,
    suggestions,
)
from clienteling.cli.grammar import Parsers, add_group


def add_commands(commands: Parsers) -> None:
    evaluate.add_commands(commands)
    attacks.add_commands(commands)
    suggestions.add_commands(commands)
    speed = add_group(commands, "bench", "Measure speed")
    bench_camera.add_commands(speed)
    bench.add_commands(speed)
    bench_withdrawal.add_commands(speed)
    bench_customers.add_commands(speed)
    bench_large.add_commands(speed)
    suggestions.add_bench(speed)
