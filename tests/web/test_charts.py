"""Charts: where things stand, what is said to who cannot see them, and nothing inline."""

import re
import xml.etree.ElementTree as ET

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from web.charts import HEIGHT, WIDTH, Chart, ChartKind, Series, chart, draw, number, scale

MONTHS = ("Sep", "Oct", "Nov")


def of(kind: ChartKind, *values: tuple[float | None, ...], unit: str = "") -> Chart:
    series = tuple(Series(f"<series> {place}", each) for place, each in enumerate(values))
    labels = MONTHS[: len(values[0])]
    return Chart(kind, "Reasons & returns", "It rose.", labels, "Month", series, unit)


def drawn(app: Flask, shown: Chart, language: str = "en") -> str:
    with app.test_request_context(headers={"Accept-Language": language}):
        return str(chart(shown))


@given(st.floats(min_value=0, max_value=1e9))
def test_the_axis_begins_at_nothing_and_holds_the_highest(highest: float) -> None:
    levels = scale(highest)
    assert levels[0] == 0
    assert levels[-1] >= highest * (1 - 1e-6)
    assert 2 <= len(levels) <= 7


@pytest.mark.parametrize(
    ("highest", "levels"),
    [(0, (0, 1)), (1, (0, 1)), (3, (0, 1, 2, 3)), (40, (0, 10, 20, 30, 40)), (7, (0, 2, 4, 6, 8))],
)
def test_what_is_counted_has_whole_steps(highest: float, levels: tuple[float, ...]) -> None:
    assert scale(highest) == levels


values = st.lists(st.none() | st.floats(min_value=0, max_value=1e6), min_size=3, max_size=3)


@given(st.sampled_from(ChartKind), values, values)
def test_everything_is_inside_the_drawing(
    kind: ChartKind, one: list[float | None], other: list[float | None]
) -> None:
    drawing = draw(of(kind, tuple(one), tuple(other)))
    assert drawing.width == WIDTH
    assert all(
        bar.x >= 0 and bar.x + bar.width <= WIDTH and bar.y >= -1 and bar.height >= -0.1
        for bar in drawing.bars
    )
    points = [point for line in drawing.lines for point in line.points]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    known = sum(value is not None for value in (*one, *other))
    assert len(drawing.bars) + len(points) == known


def test_twice_as_much_is_twice_as_high() -> None:
    low, high = draw(of(ChartKind.BARS, (2, 4))).bars
    assert high.height == pytest.approx(2 * low.height, abs=0.2)


def test_what_is_not_known_is_no_zero(app: Flask) -> None:
    shown = of(ChartKind.LINES, (1, None, 3))
    (line,) = draw(shown).lines
    assert len(line.pieces) == 2
    assert '<td class="number">–</td>' in drawn(app, shown)


def test_only_every_few_labels_are_written_and_the_newest_always() -> None:
    labels = tuple(str(day) for day in range(30))
    series = (Series("Visits", tuple(float(day) for day in range(30))),)
    drawing = draw(Chart(ChartKind.LINES, "t", "s", labels, "Day", series))
    assert len(drawing.labels) <= 7
    assert drawing.labels[-1].text == "29"


@pytest.mark.parametrize("kind", ChartKind)
def test_it_says_it_in_words_and_in_a_table(app: Flask, kind: ChartKind) -> None:
    page = drawn(app, of(kind, (1, 2, 1234.5), (2, 3, 4)))
    root = ET.fromstring(page.replace("&amp;", "and"))  # noqa: S314 - our own
    assert root.tag == "figure"
    plot = root.find("svg")
    assert plot is not None
    ids = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    named = [ids[one] for one in str(plot.get("aria-labelledby")).split()]
    assert named == ["Reasons and returns", "It rose."]
    assert "1,234.5" in page
    assert page.count('scope="row"') == 3


def test_nothing_in_it_is_inline_and_names_are_escaped(app: Flask) -> None:
    page = drawn(app, of(ChartKind.BARS, (1,), (2,)))
    assert "style" not in page
    assert "<script" not in page
    assert "&lt;series&gt; 1" in page


def test_two_charts_on_a_page_share_no_id(app: Flask) -> None:
    shown = of(ChartKind.BARS, (1,))
    ids = [set(re.findall(r' id="([^"]+)"', drawn(app, shown))) for _ in range(2)]
    assert not ids[0] & ids[1]


def test_numbers_are_written_as_people_here_write_them(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "nl"}):
        assert number(1234.56, "%") == "1.234,6\u202f%"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert number(1234.56) == "1,234.6"
        assert number(3.0) == "3"


def test_more_than_can_be_told_apart_is_refused() -> None:
    with pytest.raises(ValueError, match="one to 4"):
        draw(of(ChartKind.BARS, *[(1.0,)] * 5))
    with pytest.raises(ValueError, match="one value for each label"):
        draw(Chart(ChartKind.BARS, "t", "s", MONTHS, "Month", (Series("a", (1,)),)))
