"""Measuring suggestions: how well they foretell what was bought, and how fast they are."""

from dataclasses import asdict
from pathlib import Path

from clienteling.cli.grammar import Parsers, a_count, a_date, add_command
from clienteling.cli.output import Args, emit, warn
from clienteling.errors import UsageError

_MOST_PRODUCTS = 100_000
_MOST = 10_000_000


def add_commands(commands: Parsers) -> None:
    """Add `evaluate-suggestions`."""
    evaluate = add_command(
        commands,
        "evaluate-suggestions",
        run_evaluate,
        "Measure how well suggestions foretell what customers bought next",
        "evaluate-suggestions --purchases sales.csv --products products.csv --split 2026-09-01",
    )
    evaluate.add_argument(
        "--purchases",
        type=Path,
        metavar="FILE",
        help="CSV, also gzipped: customer_id, product_id (or stock_code, item), date",
    )
    evaluate.add_argument(
        "--products", type=Path, metavar="FILE", help="CSV: the same code, name (or description)"
    )
    evaluate.add_argument(
        "--split", type=a_date, metavar="DAY", help="known is what lies before; default: 90 %%"
    )
    evaluate.add_argument("--k", type=a_count(100), default=5, metavar="N", help="suggestions")
    evaluate.add_argument("--markdown", action="store_true", help="print tables in Markdown")
    evaluate.add_argument(
        "--declared",
        type=Path,
        metavar="FILE",
        help="products with allergens, as of `import products`: what each allergy withholds",
    )


def add_bench(bench: Parsers) -> None:
    """Add `bench suggestions`."""
    suggestions = add_command(
        bench,
        "suggestions",
        run_bench,
        "Build the model of an invented shop, and ask for suggestions",
        "bench suggestions --products 5000 --customers 50000 --lines 1000000 --json",
    )
    for option, most, usual in (
        ("--products", _MOST_PRODUCTS, 5_000),
        ("--customers", _MOST, 50_000),
        ("--lines", _MOST, 1_000_000),
    ):
        suggestions.add_argument(option, type=a_count(most), default=usual, metavar="N")


def run_evaluate(args: Args) -> int:
    """Measure on files; nothing of the shop is read."""
    from clienteling.evaluation.progress import watched
    from clienteling.evaluation.suggestions import report
    from clienteling.evaluation.suggestions.protocol import measure
    from clienteling.evaluation.suggestions.reading import (
        read_declared,
        read_products,
        read_purchases,
    )
    from clienteling.evaluation.suggestions.withheld import table, withheld

    if args.purchases is None and args.declared is None:
        raise UsageError("Name --purchases FILE, or --declared FILE for what allergies withhold.")
    result: dict[str, object] = {}
    said = []
    if args.purchases is not None:
        purchases = read_purchases(args.purchases)
        products = () if args.products is None else read_products(args.products)
        measured = measure(
            purchases.histories,
            {product.id: product for product in products},
            args.split or purchases.tenth(),
            k=args.k,
            lines=purchases.lines,
            say=warn,
            progress=lambda cases, what: watched(cases, len(cases), what, warn),
        )
        result["measured"] = asdict(measured)
        said.append(report.markdown(measured) if args.markdown else report.text(measured))
    if args.declared is not None:
        several = withheld(read_declared(args.declared))
        result["withheld"] = [asdict(one) | {"share": one.share} for one in several]
        said.append(table(several))
    emit(args, result, "\n\n".join(said))
    return 0


def run_bench(args: Args) -> int:
    """Measure with invented purchases."""
    from clienteling.evaluation.suggestions.bench import bench_suggestions

    took = bench_suggestions(args.products, args.customers, args.lines, warn)
    emit(
        args,
        asdict(took) | {"ratio": took.ratio},
        f"{took.products:,} products, {took.customers:,} customers, {took.lines:,} lines: "
        f"catalogue {took.prepare_s:.1f} s, weights {took.tune_s:.0f} s, model "
        f"{took.build_s:.0f} s and {took.model_mb:.0f} MB; a suggestion p50 {took.p50_ms:.1f} ms, "
        f"p95 {took.p95_ms:.1f} ms, at most {took.most_ms:.0f} ms (most popular: "
        f"{took.popular_ms:.3f} ms, ratio {took.ratio:.0f}); forgetting a customer "
        f"{took.forget_ms:.0f} ms",
    )
    return 0
