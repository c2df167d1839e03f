"""Customers from a file, and into one."""

import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit, warn
from clienteling.config import home_path
from clienteling.errors import PartlyDoneError, UsageError

#: So many problems are said on the screen; `--report` has all.
_SAID: Final = 20
_EVERY: Final = 1000


def add_import(imports: Parsers) -> None:
    """Add the command behind the word `import`."""
    taking = add_command(
        imports,
        "customers",
        run_import,
        "Take the accounts of an existing customer file over (CSV, UTF-8)",
        'import customers members.csv --basis "contract: loyalty programme 2024" '
        "--inform inform.csv --report report.csv",
    )
    taking.add_argument("file", type=Path, nargs="?", metavar="FILE.csv")
    taking.add_argument("--template", action="store_true", help="write the first line, and stop")
    taking.add_argument(
        "--basis", metavar="TEXT", help='what the accounts rest on: "contract: …"; in each receipt'
    )
    taking.add_argument(
        "--inform",
        type=Path,
        metavar="FILE",
        help="written: whom to tell, with each one's receipt code (private; GDPR 13 and 14)",
    )
    taking.add_argument("--existing", choices=("skip", "update"), default="skip")
    taking.add_argument("--ignore", nargs="+", action="extend", default=[], metavar="COLUMN")
    taking.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
    taking.add_argument(
        "--report", type=Path, metavar="FILE", help="a new file: each row that needs mending"
    )


def add_commands(commands: Parsers) -> None:
    """Add the word `export`."""
    giving = add_command(
        add_group(commands, "export", "Hand out"),
        "customers",
        run_export,
        "Hand out everybody's account as CSV (a second person approves it first)",
        "export customers --out customers.csv",
    )
    giving.add_argument("--out", type=Path, required=True, metavar="FILE")


def run_import(args: Args) -> int:
    from clienteling.exchange.import_file import TEMPLATE, read_file
    from clienteling.exchange.importing import Existing, import_customers
    from clienteling.exchange.informing import InformFile
    from clienteling.files import write_new
    from clienteling.home import open_home

    if args.template:
        emit(args, {"columns": TEMPLATE.strip().split(",")}, TEMPLATE.strip())
        return 0
    _check(args)
    office = open_home(home_path()).office
    file = read_file(office, args.file, ignored=args.ignore)
    progress = _progress(file.length)

    def carry_out(inform: Any) -> Any:
        return import_customers(
            office,
            file,
            basis=args.basis,
            existing=Existing(args.existing),
            inform=inform,
            tell=progress,
        )

    if args.dry_run:
        result = carry_out(None)
    else:
        with InformFile(args.inform) as inform:
            result = carry_out(inform)
    _say(result.problems)
    if args.report is not None:
        write_new(args.report, lambda: _report(result.problems))
    emit(args, asdict(result), _sentence(result))
    if result.made and not result.dry:
        warn(
            f"{args.inform} says whom to tell within a month, with their codes. Delete it once "
            "they are told."
        )
    return 0 if result.complete else PartlyDoneError.exit_code


def _check(args: Args) -> None:
    if args.file is None:
        raise UsageError("Name the file. `--template` writes its first line.")
    if not args.basis:
        raise UsageError('Say with --basis what the accounts rest on: "contract: …".')
    if not args.dry_run and args.inform is None:
        raise UsageError(
            "Whoever is taken over must be told (GDPR 13 and 14): name with --inform the file that "
            "will say whom, or try with --dry-run first."
        )


def _say(problems: Sequence[Any]) -> None:
    for problem in problems[:_SAID]:
        where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        warn(f"{where}: {problem.what}")
    if len(problems) > _SAID:
        warn(f"and {len(problems) - _SAID} more rows; --report writes all.")


def _progress(rows: int) -> Any:
    said = 0

    def tell(done: int) -> None:
        nonlocal said
        if done - said >= _EVERY:
            said = done
            print(f"clienteling: row {done:,} of {rows:,}", file=sys.stderr)

    return tell


def _report(problems: Any) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("row", "line", "column", "what to do"))
    writer.writerows((one.row, one.line, one.column, one.what) for one in problems)
    return text.getvalue()


def _sentence(result: Any) -> str:
    would = "would be " if result.dry else ""
    return (
        f"{result.rows:,} rows: {result.made:,} customers {would}made, {result.updated:,} "
        f"{would}updated, {result.skipped:,} left as they are, {result.before:,} done before, "
        f"{len(result.problems):,} not taken over."
    )


def run_export(args: Args) -> int:
    from clienteling.exchange.exporting import export_customers
    from clienteling.files import write_new
    from clienteling.home import open_home

    office = open_home(home_path()).office
    number = 0

    def make() -> str:
        nonlocal number
        exported = export_customers(office, actor="command", tell=_progress(0))
        number = exported.customers
        return exported.text

    write_new(args.out, make)
    emit(args, {"customers": number, "file": str(args.out)}, f"{number:,} are in {args.out}.")
    return 0
