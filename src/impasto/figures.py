"""A `Reconstruction` as pictures to be looked at: the figure of the first papers, and a plot of its losses. No files.

The figure needs nothing more than the package, the plot matplotlib (`pip install 'impasto[figures]'`).
"""

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from impasto import images
from impasto.errors import InputError
from impasto.images import Cell, Picture, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from impasto.reconstruction import Panel, Reconstruction

SMALLEST_CELL = 192
"""Pixels below which the names of layers cannot be read."""

PLOT_INCHES, DOTS_AN_INCH = (10.0, 4.2), 130
FLOOR = 1e-6
"""Losses below it are drawn on it: a logarithm needs one."""


def figure(found: "Reconstruction") -> Picture:
    """The image and its content reconstructions, below them the style reconstructions, and feature maps if there are any."""
    settings = found.settings["reconstruct"]
    words = f"texture model\n{settings['texture']}\n\nencoder\n{settings['encoder']}"
    original = Cell(found.picture, "the image", " x ".join(map(str, found.picture.size)))
    rows = [
        Row([original, *map(_cell, found.content)], "Content reconstructions: from the feature maps of one layer"),
        Row([Cell(words=words), *map(_cell, found.style)], "Style reconstructions: from the statistics of all layers so far"),
    ]
    if found.features:
        rows += _feature_rows(found)
    return images.grid(rows, cell=max(SMALLEST_CELL, *found.picture.size))


def _cell(panel: "Panel") -> Cell:
    label = panel.layers[0] if len(panel.layers) == 1 else f"up to {panel.layers[-1]}"
    return Cell(panel.picture, label, f"loss {panel.losses[-1]:.1g} after {len(panel.losses)} steps")


def _feature_rows(found: "Reconstruction") -> list[Row]:
    """A column for each layer, as in the rows above; the strongest channel first."""
    scale = max(1, SMALLEST_CELL / max(found.picture.size))
    width, height = (round(side * scale) for side in found.picture.size)
    count = min(len(maps) for maps in found.features.values())
    rows = []
    for rank in range(count):
        cells = [Cell(words="the strongest channel" if rank == 0 else f"number {rank + 1}")]
        for layer, maps in found.features.items():
            size = f"{maps.shape[2]} x {maps.shape[1]} values" if rank == count - 1 else ""
            picture = Picture(images.from_float(enlarged(maps[rank], width, height)))
            cells.append(Cell(picture, layer if size else "", size))
        rows.append(Row(cells, "" if rank else "Feature maps: where the strongest channels of each layer respond"))
    return rows


def enlarged(values: np.ndarray, width: int, height: int) -> np.ndarray:
    """h x w in [0, 1] -> height x width x 3, grey, every value a block of its own: how coarse a map is, is to be seen."""
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    return np.repeat(values[rows][:, columns, None], 3, axis=2)


def check_plotting() -> None:
    """Raises InputError where matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise InputError("plots need matplotlib; get it with: pip install 'impasto[figures]'")


def plot(found: "Reconstruction") -> Picture:
    """The losses of all panels, step by step. Raises InputError where matplotlib is not installed."""
    check_plotting()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    page = Figure(figsize=PLOT_INCHES, dpi=DOTS_AN_INCH, layout="constrained")
    canvas = FigureCanvasAgg(page)
    left, right = page.subplots(1, 2)
    _draw(left, found.content, "Content loss, relative to the layer's energy")
    _draw(right, found.style, f"Style loss ({found.settings['reconstruct']['texture']}), relative")
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    return Picture.from_array(pixels[..., :3])


def _draw(axes: "Axes", panels: "Sequence[Panel]", title: str) -> None:
    from matplotlib import colormaps

    for number, panel in enumerate(panels):
        colour = colormaps["viridis"](0.9 * number / max(1, len(panels) - 1))
        axes.plot(range(1, len(panel.losses) + 1), np.maximum(panel.losses, FLOOR), label=panel.title, color=colour)
    axes.set_yscale("log")
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_xlabel("step")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=9, frameon=False)
