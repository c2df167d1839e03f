"""Curves as SVG and PNG, when matplotlib is installed (the optional extra `evaluate`)."""

from collections.abc import Sequence
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import Final

from clienteling.evaluation.results import Plotted

#: Okabe and Ito 2008: told apart with every kind of colour vision. Line styles repeat the message.
_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_STYLES: Final = ("-", "--", "-.", ":")
#: A rate of zero has no place on a logarithmic axis; it is drawn at the lower edge.
_LOWEST: Final = 1e-4

HOW_TO_GET_PLOTS: Final = (
    "No plots: matplotlib is not installed. Install the extra with `pip install "
    "'clienteling[evaluate]'`, and run again."
)


def can_plot() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def write_plot(curves: Sequence[Plotted], axes: tuple[str, str], stem: Path) -> list[Path]:
    """Draw curves with logarithmic axes.

    Args:
        curves: What to draw; those without points are left out.
        axes: Names of the horizontal and the vertical axis.
        stem: Where, without the ending.

    Returns:
        The files written: SVG and PNG; none when no curve has points.
    """
    shown = [curve for curve in curves if curve.points]
    if not shown:
        return []
    from matplotlib.figure import Figure  # noqa: PLC0415  # optional, and slow to import

    figure = Figure(figsize=(8, 6), layout="constrained")
    plot = figure.subplots()
    looks = zip(cycle(_COLOURS), cycle(_STYLES), strict=False)
    for curve, (colour, style) in zip(shown, looks, strict=False):
        across, up = zip(*curve.points, strict=True)
        drawn = [max(rate, _LOWEST) for rate in up]
        plot.plot(across, drawn, color=colour, linestyle=style, linewidth=2, label=curve.name)
    plot.set(xscale="log", yscale="log", xlabel=axes[0], ylabel=axes[1], ylim=(_LOWEST, 1))
    plot.grid(visible=True, which="both", color="#DDDDDD", linewidth=0.6)
    plot.legend(fontsize=8)
    files = [stem.with_suffix(f".{ending}") for ending in ("svg", "png")]
    for file in files:
        figure.savefig(file, dpi=150)
    return files
