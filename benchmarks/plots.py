"""The plots of the documentation, from the results alone: `draw(results, folder)` writes one SVG a plot. Needs matplotlib."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from record import Result, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLOTS_FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images" / "benchmarks"
INK, GREY = "#23466b", "#8a8a86"
LINES = ("-", "--", ":", "-.")


def draw(results: Mapping[str, Result], folder: Path = PLOTS_FOLDER) -> list[Path]:
    """Every plot; one whose results there are not says so."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams.update(
        {"svg.hashsalt": "impasto", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, plot in PLOTS.items():
        figure = plot(results[name]) if name in results else missing()
        written.append(folder / f"{name}.svg")
        # The date in the file would make a new file of the same plot.
        figure.savefig(written[-1], metadata={"Date": None, "Creator": "impasto benchmarks"}, bbox_inches="tight")
    return written


def missing() -> "Figure":
    """In the place of a plot that nobody has measured yet."""
    figure, (plot,) = axes(1)
    plot.text(0.5, 0.5, "not measured yet: make bench-full", ha="center", color=GREY)
    plot.set_axis_off()
    return figure


def axes(count: int) -> "tuple[Figure, list[Axes]]":
    """A figure with that many plots side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6 * count + 0.6, 3.5), facecolor="white", layout="constrained")
    return figure, [figure.add_subplot(1, count, number + 1) for number in range(count)]


def sizes(result: Result) -> "Figure":
    """Seconds and memory against the number of pixels."""
    figure, (times, memory) = axes(2)
    for style, method in zip(LINES, ("online", "fast"), strict=False):
        rows = [row for row in result.rows if row["method"] == method]
        pixels = [row["width"] * row["height"] / 1e6 for row in rows]
        times.plot(pixels, [row["seconds"] for row in rows], style, marker="o", label=method, color=INK)
        memory.plot(pixels, [row["peak"] for row in rows], style, marker="o", label=method, color=INK)
    for plot, words in ((times, "seconds, whole process"), (memory, "peak memory, MiB")):
        plot.set(xlabel="megapixels", ylabel=words, xscale="log", yscale="log")
        plot.legend(frameon=False)
    return figure


def methods(result: Result) -> "Figure":
    """Style and content score against seconds."""
    figure, plots = axes(2)
    marks = {"method": "o", "texture": "s", "preset": "^", "encoder": "D"}
    for plot, (score, words) in zip(
        plots, (("style", "style score, lower is better"), ("content", "content score, higher is better")), strict=True
    ):
        for row in result.rows:
            plot.plot(row["seconds"], row[score], marks[row["kind"]], color=INK, markersize=5)
            plot.annotate(
                row["name"], (row["seconds"], row[score]), (4, 3), textcoords="offset points", fontsize=7, color="#333"
            )
        plot.set(xlabel="seconds, whole process", ylabel=words, xscale="log")
    return figure


def curves(result: Result) -> "Figure":
    """The style score of paintings in the making: methods and presets, and texture models."""
    figure, plots = axes(2)
    groups: list[tuple[Any, tuple[str, ...], str]] = [
        (plots[0], ("method", "preset"), "methods and presets"),
        (plots[1], ("texture",), "texture models"),
    ]
    for plot, kinds, title in groups:
        lines: dict[str, list[Row]] = {}
        for row in result.rows:
            if row["kind"] in kinds:
                lines.setdefault(row["name"], []).append(row)
        for number, (name, rows) in enumerate(lines.items()):
            shown = {"color": INK, "linewidth": 2.4} if name in ("default", "covariance") else {"color": f"C{number % 10}"}
            times = [max(row["seconds"], 0.05) for row in rows]
            plot.plot(times, [row["style"] for row in rows], LINES[number // 10 % 4], label=name, **shown)
        plot.set(xlabel="seconds of painting", ylabel="style score, lower is better", xscale="log", title=title)
        if lines:
            plot.legend(frameon=False, fontsize=7)
    return figure


def realtime(result: Result) -> "Figure":
    """Milliseconds against megapixels, a line a runtime."""
    figure, (plot,) = axes(1)
    rows = [row for row in result.rows if row["what"] == "painting"]
    for number, runtime in enumerate(dict.fromkeys(row["runtime"] for row in rows)):
        chosen = [row for row in rows if row["runtime"] == runtime]
        pixels = [row["width"] * row["height"] / 1e6 for row in chosen]
        plot.plot(pixels, [row["milliseconds"] for row in chosen], LINES[number % 4], marker="o", label=runtime)
    for frames in (30, 60):
        plot.axhline(1000 / frames, color=GREY, linewidth=0.8)
        plot.annotate(
            f"{frames} pictures a second", (plot.get_xlim()[0], 1000 / frames), (0, 2), textcoords="offset points", fontsize=7
        )
    plot.set(xlabel="megapixels", ylabel="milliseconds a picture", xscale="log", yscale="log")
    plot.legend(frameon=False)
    return figure


PLOTS: dict[str, Callable[[Result], "Figure"]] = {"sizes": sizes, "methods": methods, "curves": curves, "realtime": realtime}
