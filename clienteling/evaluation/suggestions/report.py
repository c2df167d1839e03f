"""The measurement of suggestions as a table for people, on a terminal or in Markdown."""

from collections.abc import Iterable, Sequence

from clienteling.evaluation.suggestions.intervals import Mean
from clienteling.evaluation.suggestions.protocol import Measured, Score, Task

_HEAD = ("", "hit rate@{k}", "NDCG@{k}", "coverage", "ours ahead, hit rate", "ours ahead, NDCG")


def markdown(measured: Measured) -> str:
    """Return the tables in Markdown."""
    parts = [_intro(measured)]
    for task in measured.tasks:
        head = _cells(_HEAD, measured.k)
        rows = [head, ["---"] * len(head), *_rows(task)]
        table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
        parts.append(f"**{_title(task)}**\n\n{table}")
    return "\n\n".join(parts)


def text(measured: Measured) -> str:
    """Return the tables for a terminal."""
    parts = [_intro(measured)]
    for task in measured.tasks:
        rows = [_cells(_HEAD, measured.k), *_rows(task)]
        widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
        lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows)
        parts.append("\n".join([_title(task), *(line.rstrip() for line in lines)]))
    return "\n\n".join(parts)


def _intro(measured: Measured) -> str:
    return (
        f"{measured.lines:,} lines; before {measured.split} {measured.customers:,} customers and "
        f"{measured.products:,} products. 95 % intervals from resampling customers."
    )


def _title(task: Task) -> str:
    what = "Any product of the next visit" if task.again else "What was new to the customer in it"
    return f"{what} ({task.customers:,} customers)"


def _cells(head: Sequence[str], k: int) -> list[str]:
    return [cell.format(k=k) for cell in head]


def _rows(task: Task) -> Iterable[list[str]]:
    return [
        [
            score.name,
            _percent(score.hit_rate),
            _plain(score.ndcg),
            f"{score.coverage:.1%}",
            *_ahead(score),
        ]
        for score in task.scores
    ]


def _ahead(score: Score) -> list[str]:
    if score.hits_ahead is None or score.ndcg_ahead is None:
        return ["", ""]
    hits, ndcg = score.hits_ahead, score.ndcg_ahead
    return [
        f"{100 * hits.mean:+.1f} ({100 * hits.low:+.1f} to {100 * hits.high:+.1f})",
        f"{ndcg.mean:+.3f} ({ndcg.low:+.3f} to {ndcg.high:+.3f})",
    ]


def _percent(mean: Mean) -> str:
    return f"{mean.mean:.1%} ({mean.low:.1%} to {mean.high:.1%})"


def _plain(mean: Mean) -> str:
    return f"{mean.mean:.3f} ({mean.low:.3f} to {mean.high:.3f})"
