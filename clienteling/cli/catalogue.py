"""The shop's products, from the command line."""

from pathlib import Path

from clienteling.cli import exchange, purchases
from clienteling.cli.grammar import Parsers, add_command, add_group
from clienteling.cli.output import Args, emit, warn
from clienteling.config import home_path
from clienteling.errors import PartlyDoneError, UsageError


def add_commands(commands: Parsers) -> None:
    imports = add_group(commands, "import", "What other systems know")
    exchange.add_import(imports)
    purchases.add_import(imports)
    products = add_command(
        imports,
        "products",
        run_products,
        "Import products with their allergens (docs/operators/catalogue.md)",
        "import products assortment.csv --dry-run",
    )
    products.add_argument("file", type=Path, nargs="?", help="CSV or JSON, also packed with gzip")
    products.add_argument("--template", action="store_true", help="print a CSV to fill in")
    products.add_argument(
        "--format",
        choices=("csv", "openfoodfacts", "shopify"),
        help="default: what the file seems to be",
    )
    products.add_argument("--dry-run", action="store_true", help="say what would come of it")
    products.add_argument(
        "--replace", action="store_true", help="archive products that the file does not have"
    )
    products.add_argument("--report", type=Path, metavar="FILE", help="write every problem as CSV")


def run_products(args: Args) -> int:
    from clienteling.catalogue.imports import own, report
    from clienteling.catalogue.imports.applying import (
        Format,
        guess_format,
        import_products,
        read_rows,
    )
    from clienteling.catalogue.imports.files import read_file
    from clienteling.evaluation.progress import counted
    from clienteling.home import open_home

    if args.template:
        print(own.template(), end="")
        return 0
    if args.file is None:
        raise UsageError("Name the file to import, or ask for --template.")
    office = open_home(home_path()).office
    text = read_file(args.file)
    form = Format(args.format) if args.format else guess_format(text)
    warn(f"{args.file.name} is read as {form.value}.")
    rows = read_rows(text, form)
    with counted(len(rows), "rows", warn) as said:
        result = import_products(
            office,
            rows,
            actor="command",
            dry_run=args.dry_run,
            replace_all=args.replace,
            said=said,
        )
    if args.report is not None:
        _write(args.report, report.table(result.problems))
    numbers = {
        key: getattr(result, key)
        for key in ("read", "added", "changed", "unchanged", "archived", "failed", "undeclared")
    }
    emit(args, {"format": form.value, "dry_run": result.dry_run, **numbers}, report.summary(result))
    if result.failed:
        raise PartlyDoneError(
            f"{result.failed:,} of {result.read:,} rows were left out. Correct them and import the "
            "file again: what is kept already stays as it is."
        )
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
