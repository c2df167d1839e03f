"""Charts that the server draws: SVG without inline style or script, and the numbers beneath.

A chart is said three times, so that nobody needs its colours: as a drawing (colour plus pattern or
dash and marker), as a sentence (`Chart.summary`, the drawing's description), and as a table. The
colours stand in `static/base/charts.css`, for bright and dark. `init_charts` makes `chart(...)` a
global of the templates; a page adds the style sheet.
"""

import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask, render_template
from flask_babel import format_decimal
from markupsafe import Markup

#: Units of the drawing, not pixels: small enough that its letters can be read on a phone.
WIDTH, HEIGHT = 480, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 22, 32
_ROW_LABEL, _ROW_BAR, _ROW_GAP, _ROW_VALUE = 24, 20, 12, 64
#: So many series can be told apart by colour and pattern.
MOST_SERIES = 4
_MOST_LABELS = 7
_STEPS = 4
_FINEST = 0.1
_Scale = Callable[[float], float]
#: With at most so many bars, each carries its number.
_NUMBERED = 8


class ChartKind(StrEnum):
    """How it is drawn: upright bars, lying bars (for long names), lines."""

    BARS = "bars"
    ROWS = "rows"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each label; None: not known, which is not 0."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn.

    Attributes:
        title: Stands above it.
        summary: What is to be seen, in a sentence: for who cannot see it.
        labels: Of the places along the axis: months, names.
        heading: What the labels are ("Month"), for the table.
        series: One to four of them.
        unit: Written behind each number ("%"), or "".
    """

    kind: ChartKind
    title: str
    summary: str
    labels: tuple[str, ...]
    heading: str
    series: tuple[Series, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, in units of the drawing. `number` is "" where there is no room for it."""

    series: int
    x: float
    y: float
    width: float
    height: float
    number: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line: pieces where a value is unknown in between, and a marker on each point."""

    series: int
    pieces: tuple[str, ...]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word or number at a place of an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template draws. `levels` are the lines across, with their numbers."""

    width: int
    height: int
    left: int
    right: int
    levels: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]


def chart(shown: Chart) -> Markup:
    """Return the figure: title, drawing, key to it, and the table.

    Raises:
        ValueError: no series or more than four, or a series of another length than the labels.
    """
    rows = tuple(
        (label, tuple(number(series.values[place], shown.unit) for series in shown.series))
        for place, label in enumerate(shown.labels)
    )
    html = render_template(
        "chart.html", chart=shown, drawing=draw(shown), rows=rows, id=uuid.uuid4().hex[:8]
    )
    return Markup(html)  # noqa: S704 - a template of ours, which escapes what it is given


def draw(shown: Chart) -> Drawing:
    """Return where everything stands.

    Raises:
        ValueError: as `chart`.
    """
    if not 1 <= len(shown.series) <= MOST_SERIES:
        raise ValueError(f"A chart shows one to {MOST_SERIES} series.")
    if any(len(series.values) != len(shown.labels) for series in shown.series):
        raise ValueError("Each series has one value for each label.")
    return _rows(shown) if shown.kind is ChartKind.ROWS else _upright(shown)


def number(value: float | None, unit: str = "") -> str:
    """Return a number as people here write it; a dash for what is not known."""
    if value is None:
        return "–"
    written = str(format_decimal(round(value, 1)))
    return f"{written}\u202f{unit}" if unit else written


def scale(highest: float) -> tuple[float, ...]:
    """Return the levels of an axis from 0 to at least `highest`: steps of 1, 2 or 5 times 10^n."""
    if highest < _FINEST:
        return (0, 1)
    rough = highest / _STEPS
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * (1 - 1e-9))
    # What is counted has no halves, and no number is written finer than a tenth.
    step = max(1 if float(highest).is_integer() else _FINEST, step)
    return tuple(step * place for place in range(math.ceil(highest / step - 1e-9) + 1))


def _highest(shown: Chart) -> float:
    return max((value or 0 for series in shown.series for value in series.values), default=0)


def _upright(shown: Chart) -> Drawing:
    levels = scale(_highest(shown))
    inner, floor = WIDTH - _LEFT - _RIGHT, HEIGHT - _BOTTOM

    def up(value: float) -> float:
        return round(floor - (floor - _TOP) * value / levels[-1], 1)

    places = max(1, len(shown.labels))
    slot = inner / places
    every = math.ceil(places / _MOST_LABELS)
    is_bars = shown.kind is ChartKind.BARS
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        levels=tuple(Mark(_LEFT - 8, up(each), number(each, shown.unit)) for each in levels),
        labels=tuple(
            Mark(round(_LEFT + slot * (place + 0.5), 1), HEIGHT - 8, label)
            for place, label in enumerate(shown.labels)
            if (places - 1 - place) % every == 0  # the newest keeps its label
        ),
        bars=_bars(shown, slot, floor, up) if is_bars else (),
        lines=() if is_bars else tuple(_line(i, s, slot, up) for i, s in enumerate(shown.series)),
    )


def _bars(shown: Chart, slot: float, floor: float, up: _Scale) -> tuple[Bar, ...]:
    width = slot * 0.76 / len(shown.series)
    numbered = len(shown.labels) * len(shown.series) <= _NUMBERED
    return tuple(
        Bar(
            series=index,
            x=round(_LEFT + slot * (place + 0.12) + width * index, 1),
            y=up(value),
            width=round(width, 1),
            height=round(floor - up(value), 1),
            number=number(value, shown.unit) if numbered else "",
        )
        for index, series in enumerate(shown.series)
        for place, value in enumerate(series.values)
        if value is not None
    )


def _line(index: int, series: Series, slot: float, up: _Scale) -> Line:
    pieces: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(series.values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((round(_LEFT + slot * (place + 0.5), 1), up(value)))
    return Line(
        series=index,
        pieces=tuple(" ".join(f"{x},{y}" for x, y in piece) for piece in pieces if piece),
        points=tuple(point for piece in pieces for point in piece),
    )


def _rows(shown: Chart) -> Drawing:
    highest = _highest(shown) or 1
    room = WIDTH - _ROW_VALUE
    row = _ROW_LABEL + _ROW_BAR * len(shown.series) + _ROW_GAP
    return Drawing(
        width=WIDTH,
        height=max(1, len(shown.labels)) * row,
        left=0,
        right=WIDTH,
        levels=(),
        labels=tuple(
            Mark(0, place * row + _ROW_LABEL - 7, label) for place, label in enumerate(shown.labels)
        ),
        bars=tuple(
            Bar(
                series=index,
                x=0,
                y=place * row + _ROW_LABEL + _ROW_BAR * index,
                width=round(room * value / highest, 1),
                height=_ROW_BAR - 2,
                number=number(value, shown.unit),
            )
            for index, series in enumerate(shown.series)
            for place, value in enumerate(series.values)
            if value is not None
        ),
        lines=(),
    )


def init_charts(app: Flask) -> None:
    """Teach the templates to draw."""
    app.jinja_env.globals.update(chart=chart)
