"""Purchases from a file."""

import csv
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clienteling.cli.grammar import Parsers, add_command
from clienteling.cli.output import Args, emit, warn
from clienteling.config import home_path
from clienteling.errors import PartlyDoneError, UsageError

#: So many problems are said on the screen; `--report` has all.
_SAID = 20


def add_import(imports: Parsers) -> None:
    """Add the command behind the word `import`."""
    taking = add_command(
        imports,
        "purchases",
        run_import,
        "Take purchases over, of customers who want them remembered (docs/operators/purchases.md)",
        "import purchases receipts.csv --dry-run --report report.csv",
    )
    taking.add_argument("file", type=Path, nargs="?", metavar="FILE.csv", help="also as .gz")
    taking.add_argument("--template", action="store_true", help="write the first line, and stop")
    taking.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")
    taking.add_argument(
        "--report", type=Path, metavar="FILE", help="a new file: each row that needs mending"
    )


def run_import(args: Args) -> int:
    """Import, and say what was kept and what was not."""
    from tqdm import tqdm

    from clienteling.exchange.importing_purchases import import_purchases
    from clienteling.exchange.purchases_file import TEMPLATE
    from clienteling.files import write_new
    from clienteling.home import open_home

    if args.template:
        emit(args, {"columns": TEMPLATE.strip().split(",")}, TEMPLATE.strip())
        return 0
    if args.file is None:
        raise UsageError("Name the file. `--template` writes its first line.")
    office = open_home(home_path()).office
    with tqdm(desc="lines", unit=" lines", disable=None, file=sys.stderr) as bar:

        def tell(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        result = import_purchases(office, args.file, actor="command", dry=args.dry_run, tell=tell)
    for problem in result.problems[:_SAID]:
        where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        warn(f"{where}: {problem.what}")
    if len(result.problems) > _SAID:
        warn(f"{len(result.problems) - _SAID:,} more; --report FILE writes them all.")
    if args.report is not None:
        write_new(args.report, lambda: _report(result.problems))
    verb = "would be kept" if result.dry else "are kept"
    emit(
        args,
        asdict(result),
        f"{result.lines:,} lines: {result.kept:,} {verb}, in {result.sales:,} sales of "
        f"{result.customers:,} customers. {result.without:,} are of customers who do not want "
        f"purchases remembered, {result.nobody:,} of nobody who is known here: not kept. "
        f"{len(result.problems):,} need mending.",
    )
    return PartlyDoneError.exit_code if result.problems else 0


def _report(problems: Sequence[Any]) -> str:
    from io import StringIO

    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("line", "column", "what to do"))
    writer.writerows((one.line, one.column, one.what) for one in problems)
    return text.getvalue()
