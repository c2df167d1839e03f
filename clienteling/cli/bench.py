"""How fast this machine is at the work, each time beside the bare arithmetic or another library."""

from dataclasses import asdict

from clienteling.cli.grammar import Parsers, a_count, add_command
from clienteling.cli.output import Args, emit

#: More templates than that are not searched exactly, nor sent to one camera.
_MOST_SEARCHED = 1_000_000
_MOST_SENT = 100_000


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
