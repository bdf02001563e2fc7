"""Markdown: a table of cells, and the small print under it that says where its figures are from."""

from collections.abc import Iterable, Sequence

from record import Result


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; floats with three significant digits, None as a dash."""
    lines = [heads, ["---"] * len(heads), *([cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(value: object) -> str:
    """One value."""
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def small_print(result: Result, root: str, extra: str = "") -> str:
    """Machine, versions, date and a link to the JSON. root: from the document to the repository's root."""
    return f"<sub>{extra}{result.line()}. [{result.suite}.json]({root}benchmarks/results/{result.suite}.json)</sub>"


def seconds(value: float) -> str:
    """As a reader wants it: `0.42`, `7.3`, `128`."""
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 30 else f"{value:.0f}"
