"""How soon a withdrawal has reached the last copy, with real processes."""

from dataclasses import asdict

from clienteling.cli.grammar import Parsers, a_count, a_port, add_command
from clienteling.cli.output import Args, emit, warn

_MOST_TIMES = 1000


def add_commands(bench: Parsers) -> None:
    """Add the command behind the word `bench`."""
    withdrawal = add_command(
        bench,
        "withdrawal",
        run_bench_withdrawal,
        "Seconds from a withdrawal to the last copy gone: camera online, camera unplugged",
        "bench withdrawal --json",
    )
    withdrawal.add_argument("--times", type=a_count(_MOST_TIMES), default=10, metavar="N")
    withdrawal.add_argument("--port", type=a_port, default=8090)


def run_bench_withdrawal(args: Args) -> int:
    from clienteling.demo.withdrawal import measure_withdrawals

    times = measure_withdrawals(args.times, args.port, warn)
    slowest = max(times.online)
    text = (
        f"Camera online: {len(times.online)} withdrawals, the slowest {slowest:.2f} s. Camera "
        f"unplugged: {times.unplugged:.0f} s (its lease had {times.lease:.0f} s left; the lease is "
        "the real one, the clock was moved instead of waiting)."
    )
    emit(args, asdict(times), text)
    return 0
