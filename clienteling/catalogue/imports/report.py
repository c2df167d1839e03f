"""What an import says: a summary for people, and every problem as a table."""

import csv
import io
from collections.abc import Iterable

from clienteling.catalogue.imports.applying import Result
from clienteling.catalogue.imports.rows import Problem, Trouble

_HEADER = ("line", "column", "value", "kept", "problem", "what to do")
_SHOWN = 10


def summary(result: Result) -> str:
    """Return what came of an import, in lines."""
    verb = "would be" if result.dry_run else "were"
    lines = [
        f"{result.read:>7,} rows read",
        f"{result.added:>7,} {verb} added",
        f"{result.changed:>7,} {verb} changed",
        f"{result.unchanged:>7,} unchanged",
        f"{result.archived:>7,} {verb} archived",
        f"{result.failed:>7,} left out: see the problems",
        f"{result.undeclared:>7,} with an allergen that is not known",
        f"{result.count(Trouble.UNKNOWN_ALLERGEN):>7,} name an allergen that nobody here knows",
        f"{result.count(Trouble.CONFLICT):>7,} name an allergen in the ingredients only",
    ]
    if result.not_replaced:
        lines.append("Nothing was archived, because some rows were left out. Correct them first.")
    shown = sorted(result.problems, key=lambda each: not each.is_fatal)[:_SHOWN]
    lines += [
        f"  line {each.line}{f', {each.column}' if each.column else ''}: "
        f"{f'{each.value!r}: ' if each.value else ''}{each.advice}"
        for each in shown
    ]
    if len(result.problems) > len(shown):
        lines.append(f"  … and {len(result.problems) - len(shown):,} more: give --report FILE.")
    return "\n".join(lines)


def table(problems: Iterable[Problem]) -> str:
    """Return the problems as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for each in problems:
        value = f"'{each.value}" if each.value[:1] in {"=", "+", "-", "@"} else each.value
        kept = "no" if each.is_fatal else "yes"
        writer.writerow((each.line, each.column, value, kept, each.trouble.value, each.advice))
    return out.getvalue()
