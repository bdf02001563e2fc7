"""A survey as a picture: a panel for each measure, a dot for each method's mean and a bar for its confidence interval.

Takes matplotlib (`pip install 'impasto[figures]'`).
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from impasto.images import Picture
from impasto.metrics.measures import MEASURES
from impasto.metrics.report import judge
from impasto.metrics.summary import CONFIDENCE
from impasto.metrics.survey import Survey

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 3
PANEL_INCHES, ROW_INCHES, DOTS_AN_INCH = 4.0, 0.32, 130
HEAD_INCHES = 1.1
"""Of a panel's height, beside a row for each method."""

STYLE_COLOUR, CONTENT_COLOUR, OTHER_COLOUR = "#9c4221", "#2b6cb0", "#4a5568"


def plot(found: Survey) -> Picture:
    """The picture. Measures of the style are brown, of the content blue; the better end of each axis is named."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = found.measured()
    columns = min(COLUMNS, len(names))
    rows = math.ceil(len(names) / columns)
    height = rows * (HEAD_INCHES + ROW_INCHES * len(found.methods)) + 0.6
    page = Figure(figsize=(PANEL_INCHES * columns + 1, height), dpi=DOTS_AN_INCH, layout="constrained")
    canvas = FigureCanvasAgg(page)
    panels = page.subplots(rows, columns, squeeze=False).ravel()
    for name, axes in zip(names, panels, strict=False):
        _draw(axes, found, name)
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    page.suptitle(f"Means and {CONFIDENCE:.0%} bootstrap intervals; judge: {judge(found)}", fontsize=10, x=0.01, ha="left")
    canvas.draw()  # type: ignore[no-untyped-call]
    return Picture.from_array(np.asarray(canvas.buffer_rgba())[..., :3])  # type: ignore[no-untyped-call]


def _draw(axes: "Axes", found: Survey, name: str) -> None:
    measure = MEASURES[name]
    colour = {"style": STYLE_COLOUR, "content": CONTENT_COLOUR}.get(measure.side, OTHER_COLOUR)
    for place, method in enumerate(found.methods):
        if (interval := found.interval(method, name)) is not None:
            axes.plot(
                [interval.low, interval.high], [place, place], color=colour, linewidth=2.5, alpha=0.45, solid_capstyle="butt"
            )
            axes.plot([interval.mean], [place], "o", color=colour, markersize=5)
    axes.set_yticks(range(len(found.methods)), labels=list(found.methods), fontsize=8)
    axes.set_ylim(len(found.methods) - 0.5, -0.5)
    axes.set_title(f"{name}  ({'higher' if measure.higher else 'lower'} is better)", loc="left", fontsize=9)
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
