"""Curves as files."""

from pathlib import Path

from clienteling.evaluation.plots import write_plot
from clienteling.evaluation.results import Plotted


def test_curves_are_drawn_as_svg_and_png_each_named(tmp_path: Path) -> None:
    curves = [
        Plotted("ours", ((0.001, 0.02), (0.01, 0.01), (0.1, 0.0))),
        Plotted("theirs", ((0.001, 0.3), (0.1, 0.1))),
        Plotted("nothing", ()),
    ]

    svg, png = write_plot(curves, ("across", "up"), tmp_path / "plot")

    assert (svg.name, png.name) == ("plot.svg", "plot.png")
    assert png.read_bytes().startswith(b"\x89PNG")
    text = svg.read_text("utf-8")
    assert "#0072b2" in text
    assert "#d55e00" in text
    assert "<!-- theirs -->" in text
    assert "<!-- nothing -->" not in text


def test_no_points_are_no_plot(tmp_path: Path) -> None:
    assert write_plot([Plotted("nothing", ())], ("across", "up"), tmp_path / "plot") == []
    assert list(tmp_path.iterdir()) == []
