"""How a large shop is loaded and used."""

import sys
from dataclasses import asdict

from clienteling.cli.grammar import Parsers, a_count, add_command
from clienteling.cli.output import Args, emit

_MOST = 1_000_000
_MOST_LINES = 100_000_000


def add_commands(bench: Parsers) -> None:
    """Add the command behind the word `bench`."""
    large = add_command(
        bench,
        "large",
        run_bench_large,
        "Load an invented shop by the imports, start it again, and ask what staff ask",
        "bench large --customers 50000 --products 5000 --lines 1000000 --json",
    )
    large.add_argument("--customers", type=a_count(_MOST, least=20), default=50_000, metavar="N")
    large.add_argument("--products", type=a_count(_MOST, least=20), default=5_000, metavar="N")
    large.add_argument(
        "--lines", type=a_count(_MOST_LINES, least=20), default=1_000_000, metavar="N"
    )


def run_bench_large(args: Args) -> int:
    from clienteling.evaluation.large.bench import bench_large

    found = bench_large(
        args.customers,
        args.products,
        args.lines,
        lambda line: print(line, file=sys.stderr, flush=True),
    )
    loaded = [
        f"  {one.number:>9,} {one.what:<20} {one.seconds:8.1f} s {one.per_second:8,.0f} a second, "
        f"at most {one.peak_mb:,.0f} MB"
        for one in found.loaded
    ]
    starts = [
        f"  {one.what:<30} {one.seconds:8.1f} s, at most {one.peak_mb:,.0f} MB"
        for one in found.used.starts
    ]
    uses = [
        f"  {one.what:<30} p50 {one.p50_ms:8.1f}  p95 {one.p95_ms:8.1f} ms"
        + ("" if one.plain_ms is None else f"; {one.plain}: {one.plain_ms:,.3g} ms")
        for one in found.used.uses
    ]
    emit(
        args,
        asdict(found),
        "\n".join(
            (
                "loaded",
                *loaded,
                "started again",
                *starts,
                "asked",
                *uses,
                f"{found.used.memory_mb:,.0f} MB of memory, {found.databases_mb:,.0f} MB on disk",
            )
        ),
    )
    return 0
