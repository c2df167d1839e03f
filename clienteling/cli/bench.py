"""How fast this machine is at the work, each time beside the bare arithmetic or another library."""

import sys
from dataclasses import asdict

from clienteling.cli.grammar import Parsers, a_count, add_command
from clienteling.cli.output import Args, emit

#: More templates than that are not searched exactly, nor sent to one camera.
_MOST_SEARCHED = 1_000_000
_MOST_SENT = 100_000
_MOST_ENTRIES = 100_000_000


def add_commands(bench: Parsers) -> None:
    """Add the commands behind the word `bench`."""
    search = add_command(
        bench,
        "search",
        run_bench_search,
        "Search galleries of several sizes, beside the bare matrix product",
        "bench search --templates 10000 100000 --json",
    )
    search.add_argument(
        "--templates",
        nargs="+",
        type=a_count(_MOST_SEARCHED),
        default=[10_000, 100_000, 1_000_000],
        metavar="N",
        help="sizes of the galleries; a million need 1 GB of memory",
    )
    gallery = add_command(
        bench,
        "gallery",
        run_bench_gallery,
        "Open a sealed gallery as a camera does, beside bare AES-GCM with a copy",
        "bench gallery --templates 100000 --json",
    )
    gallery.add_argument("--templates", type=a_count(_MOST_SENT), default=_MOST_SENT, metavar="N")

    log = add_command(
        bench,
        "log",
        run_bench_log,
        "Append to, prove and verify the log at growing lengths, in a temporary database",
        "bench log --entries 1000000 --json",
    )
    log.add_argument(
        "--entries",
        type=a_count(_MOST_ENTRIES, least=200),
        default=1_000_000,
        metavar="N",
        help="the greatest length; a million take 0.8 GB of disk for a while",
    )


def run_bench_search(args: Args) -> int:
    from clienteling.evaluation.bench import bench_search

    found = []
    for time in bench_search(args.templates):
        found.append(asdict(time))
        if not args.json:
            text = f"{time.templates:>9} templates: {time.search_ms:.3f} ms, "
            print(f"{text}bare product {time.product_ms:.3f} ms, ratio {time.ratio:.2f}")
    emit(args, {"search": found})
    return 0


def run_bench_gallery(args: Args) -> int:
    from camera.gallery_sync import open_gallery
    from clienteling.evaluation.bench import bench_gallery

    time = bench_gallery(args.templates, open_gallery)
    emit(
        args,
        time,
        f"{time.templates} templates: {time.open_ms:.0f} ms, bare AES-GCM and copy "
        f"{time.bare_ms:.0f} ms, ratio {time.ratio:.2f} ({time.reply_bytes / 1e6:.0f} MB as JSON)",
    )
    return 0


def run_bench_log(args: Args) -> int:
    from clienteling.evaluation.bench_log import VerifyTime, bench_log, lengths

    grown, verified = [], None
    for time in bench_log(lengths(args.entries), say=lambda line: print(line, file=sys.stderr)):
        if isinstance(time, VerifyTime):
            verified = asdict(time)
            text = f"verified all {time.entries:,} in {time.seconds:.0f} s; {time.file_mb:.0f} MB"
        else:
            grown.append(asdict(time))
            text = (
                f"{time.entries:>11,} entries: append {time.append_ms:.2f} ms "
                f"(of that the work {time.batched_ms:.2f}), prove {time.prove_inclusion_ms:.2f} "
                f"and {time.prove_consistency_ms:.2f} ms, check {time.check_inclusion_ms:.3f} "
                f"and {time.check_consistency_ms:.3f} ms, {time.hashes} hashes"
            )
        if not args.json:
            print(text, flush=True)
    emit(args, {"log": grown, "verify": verified})
    return 0
