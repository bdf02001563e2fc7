"""A survey in words and numbers: the table that is printed, JSON, CSV. Nothing is computed here but means."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import impasto
from impasto.metrics.measures import MEASURES, Measure
from impasto.metrics.summary import CONFIDENCE, Interval
from impasto.metrics.survey import Row, Survey

SIDES = {
    "style": "style: how near to the style image",
    "content": "content: how much of the photo is left",
    "both": "both",
    "frames": "frames: how restless",
}

NOTHING = 1e-6
"""Below it a score is rounding."""


def table(found: Survey, layers: bool = False) -> str:
    """For reading: a column for each method, a row for each measure, by what it speaks of, and what could not be had and why.

    layers: with the parts of each score that has some.
    """
    methods = found.methods
    rows: list[Sequence[str]] = [("", *methods, "")]
    for side, heading in SIDES.items():
        names = [name for name in found.measured() if MEASURES[name].side == side]
        rows += [(heading,)] if names else []
        for name in names:
            cells = [cell(found.interval(method, name)) for method in methods]
            rows.append((f"  {name}", *cells, explained(MEASURES[name], alone=len(methods) == 1)))
            rows += [(f"    {part}", *cells, "") for part, cells in parts(found, name)] if layers else []
    lines = [about(found), "", *aligned(rows)]
    if found.unavailable:
        lines += ["", "unavailable:", *grouped(found.unavailable)]
    return "\n".join(line.rstrip() for line in [*lines, *(f"note: {text}" for text in found.notes)])


def about(found: Survey) -> str:
    """Who judged what, and at which size."""
    size = found.evaluator.size
    limit = "at their full size" if size == "full" else f"at {size} pixels at most"
    scored = {method: len(found.of(method)) for method in found.methods}
    numbers = sorted(set(scored.values()))
    if not found.rows:
        return f"frames, {limit}"
    counts = f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
    each = " of each method" if len(scored) > 1 else ""
    words = f"{counts} {'pastiche' if counts == '1' else 'pastiches'}{each}, {limit}; judge: {judge(found)}"
    return f"{words}; [low, high]: {CONFIDENCE:.0%} confidence" if numbers[-1] > 1 else words


def judge(found: Survey) -> str:
    """The judge's name and where it is from."""
    return f"{found.evaluator.judge_name} ({found.evaluator.judge.descriptor.source})"


def cell(interval: Interval | None) -> str:
    """A score, with its bounds where it has any."""
    if interval is None:
        return "-"
    if not interval.known and abs(interval.mean) < NOTHING:
        return "0"
    return f"{interval.mean:.4g}" + (f" [{interval.low:.4g}, {interval.high:.4g}]" if interval.known else "")


def explained(measure: Measure, alone: bool) -> str:
    """Which way is better, and, where there is a single column of figures, what it is."""
    better = "higher is better" if measure.higher else "lower is better"
    return f"{better}: {measure.what}" if alone else better


def parts(found: Survey, name: str) -> Iterable[tuple[str, list[str]]]:
    """The layers or scales of a measure, each with its mean for each method."""
    names = dict.fromkeys(part for row in found.rows for part in row.scores.layers.get(name, {}))
    for part in names:
        values = [[row.scores.layers[name][part] for row in found.of(method)] for method in found.methods]
        yield part, [f"{sum(column) / len(column):.4g}" if column else "-" for column in values]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines, their columns below one another; a row of one cell is a heading and has no width."""
    columns = max(len(row) for row in rows)
    widths = [max((len(row[at]) for row in rows if len(row) > max(at, 1)), default=0) for at in range(columns)]
    return ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=False)) for row in rows]


def grouped(unavailable: dict[str, str]) -> list[str]:
    """Measures that lack the same are one line."""
    reasons: dict[str, list[str]] = {}
    for name, why in unavailable.items():
        reasons.setdefault(why, []).append(name)
    return [f"  {', '.join(names)}: {why}" for why, names in reasons.items()]


def as_json(found: Survey) -> str:
    """Everything, for machines: {software, judge, size, style_scale, measures, methods, pairs, unavailable, failed, notes}."""
    evaluator = found.evaluator
    report = {
        "software": f"impasto {impasto.__version__}",
        "judge": {"name": evaluator.judge_name, "source": evaluator.judge.descriptor.source},
        "size": evaluator.size,
        "style_scale": evaluator.style_scale,
        "measures": {name: _described(MEASURES[name]) for name in found.measured()},
        "methods": {
            method: {name: _interval(interval) for name in found.measured() if (interval := found.interval(method, name))}
            for method in found.methods
        },
        "pairs": [_row(row) for row in found.rows],
        "unavailable": found.unavailable,
        "failed": [{"pastiche": name, "why": why} for name, why in found.failed],
        "notes": found.notes,
    }
    return json.dumps(report, indent=2) + "\n"


def _described(measure: Measure) -> dict[str, Any]:
    better = "higher" if measure.higher else "lower"
    return {"of": measure.side, "better": better, "judged": measure.judged, "what": measure.what}


def _interval(interval: Interval) -> dict[str, float | int]:
    bounds = {"low": interval.low, "high": interval.high} if interval.known else {}
    return {"mean": interval.mean, **bounds, "count": interval.count}


def _row(row: Row) -> dict[str, Any]:
    pair = row.pair
    names = {"method": pair.method, "content": str(pair.content), "style": str(pair.style), "pastiche": str(pair.pastiche)}
    return {**names, "size": list(row.scores.size), "scores": dict(row.scores.values), "layers": dict(row.scores.layers)}


def as_csv(found: Survey) -> str:
    """A line for each pastiche: method, content, style, pastiche, then its scores, then their parts as `gram:relu1_1`."""
    scores = [name for name in found.measured() if any(name in row.scores.values for row in found.rows)]
    places = dict.fromkeys((name, part) for row in found.rows for name in row.scores.layers for part in row.scores.layers[name])
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["method", "content", "style", "pastiche", *scores, *(f"{name}:{part}" for name, part in places)])
    for row in found.rows:
        pair, values, layers = row.pair, row.scores.values, row.scores.layers
        numbers = [values.get(name, "") for name in scores]
        numbers += [layers.get(name, {}).get(part, "") for name, part in places]
        writer.writerow([pair.method, pair.content, pair.style, pair.pastiche, *numbers])
    return lines.getvalue()
