"""How fast customers are found among many."""

import sys

from clienteling.cli.grammar import Parsers, a_count, add_command
from clienteling.cli.output import Args, emit

_MOST = 1_000_000


def add_commands(bench: Parsers) -> None:
    """Add the command behind the word `bench`."""
    customers = add_command(
        bench,
        "customers",
        run_bench_customers,
        "Find invented customers by name and contact, beside opening every account",
        "bench customers --customers 50000 --json",
    )
    customers.add_argument("--customers", type=a_count(_MOST, least=10), default=50_000)


def run_bench_customers(args: Args) -> int:
    from clienteling.evaluation.bench_customers import bench_customers

    times = bench_customers(args.customers, lambda line: print(line, file=sys.stderr))
    queries = "\n".join(
        f"  {one.kind:<22} p50 {one.p50_ms:6.1f}  p95 {one.p95_ms:6.1f}  max {one.max_ms:6.1f} ms"
        for one in times.queries
    )
    emit(
        args,
        times,
        f"{times.customers:,} customers: imported in {times.import_seconds:.0f} s, names ready in "
        f"{times.prepare_seconds:.1f} s with {times.memory_mb:.0f} MB\n{queries}\n"
        f"  before: {times.before_ms:.0f} ms a search by name, {times.ratio:.0f} times as long",
    )
    return 0
