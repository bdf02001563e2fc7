"""Every table that the documentation quotes, by name: `TABLES[name](results, root)` is Markdown. Nothing is measured here.

results: by suite. root: the way from the document to the repository's root, as links need it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from record import Result, Row
from reporting import seconds, small_print, table

from impasto import presets

Results = Mapping[str, Result]

CHOICES = {
    "fast": ("`--fast`", "trying styles, folders of photos, anything that must answer at once"),
    "draft": ("`--iterations 40`", "finding a style and its settings before the real painting"),
    "default": ("nothing: the default", "the painting itself: strokes of the style, the photo's shapes kept"),
    "gram": ("`--texture gram`", "the look of the first papers: wilder, denser, less of the photo"),
    "steerable": ("`--texture steerable`", "fine, oriented strokes along the photo's lines; no network reads the style"),
    "only": ("`--color only`", "the style's colours on the photo, and nothing else"),
    "gatys": ("`--preset gatys`", "the first paper's recipe, to compare with"),
    "neural-style-pt": ("`--preset neural-style-pt`", "a command line of that tool that must carry over"),
    "style-transfer-pytorch": ("`--preset style-transfer-pytorch`", "that tool's look, and patience"),
    "strotss": ("`--preset strotss`", "content by self-similarity: free colours, kept layout"),
    "nnst": ("`--preset nnst`", "pieces of the style itself, laid like a collage of strokes"),
    "cnnmrf": ("`--preset cnnmrf`", "whole patches of the style, for motifs that should come along"),
}
"""What a reader types, and when to choose it, in the order of the table."""


README_SIZES = (512, 1024)
"""Longer sides of the paintings that the README speaks of."""

FRONT_DOOR = "impasto.Painter"
"""The runtime that the README names: what programs call."""

COSTS = ("Seconds", "Times default", "MiB", "Style (lower)", "Content (higher)")
"""Heads of the columns that `costs` fills."""


def methods(results: Results, root: str) -> str:
    """The decision table, with pictures."""
    found = rows_of(results["methods"], "method", "preset")
    rows = []
    for name, (words, when) in CHOICES.items():
        if row := found.get(name):
            picture = f"![Painted with {words.strip('`')}]({root}docs/images/method-{name}.jpg)"
            rows.append([f"{picture}<br>{words}", when, *costs(row)])
    heads = ["Add", "Good for", *COSTS]
    return printed(results["methods"], root, heads, rows, size_of(results["methods"]))


def textures(results: Results, root: str) -> str:
    """Every texture model at the default settings."""
    rows = [[f"`{name}`", *costs(row)] for name, row in rows_of(results["methods"], "texture").items()]
    heads = ["Texture model", *COSTS]
    return printed(results["methods"], root, heads, rows, size_of(results["methods"]))


def encoders(results: Results, root: str) -> str:
    """Every encoder whose weights the machine had."""
    rows = [[f"`{name}`", *costs(row)] for name, row in rows_of(results["methods"], "encoder").items()]
    missing = [words.split(":")[0].removeprefix("encoder ") for words in results["methods"].skipped]
    extra = f"Not measured, for want of their weights: {', '.join(missing)}. " if missing else ""
    heads = ["Encoder", *COSTS]
    return printed(results["methods"], root, heads, rows, size_of(results["methods"]) + extra)


def sizes(results: Results, root: str) -> str:
    """Time and memory against size."""
    found: dict[tuple[int, int], dict[str, Row]] = {}
    for row in results["sizes"].rows:
        found.setdefault((row["width"], row["height"]), {})[row["method"]] = row
    rows = [
        [f"{width} x {height}", *(value for method in ("online", "fast") for value in both(pair.get(method)))]
        for (width, height), pair in found.items()
    ]
    heads = ["Pixels", "Seconds", "MiB", "Seconds, `--fast`", "MiB, `--fast`"]
    return printed(results["sizes"], root, heads, rows, "Whole processes. ")


def realtime(results: Results, root: str, suite: str = "realtime") -> str:
    """The fast method, loaded."""
    rows = [
        [
            row["what"],
            f"{row['width']} x {row['height']}",
            row["runtime"],
            row["milliseconds"],
            row["frames"],
            row["megapixels"],
        ]
        for row in results[suite].rows
    ]
    heads = ["What", "Pixels", "Runtime", "Milliseconds", "A second", "Megapixels a second"]
    return printed(results[suite], root, heads, rows, "Networks loaded, style embedding cached; medians. ")


def startup(results: Results, root: str) -> str:
    """Whole processes."""
    rows = [[row["what"], row["seconds"], row["times"], row["peak"]] for row in results["startup"].rows]
    return printed(results["startup"], root, ["Process", "Seconds", "Times bare Python", "MiB"], rows)


def training(results: Results, root: str) -> str:
    """Steps and crops a second."""
    about = results["training"].about
    rows = [
        [f"`impasto train {row['what']}`", row["step seconds"], row["crops"], row["peak"]] for row in results["training"].rows
    ]
    extra = f"{about['batch']} crops of {about['size']} pixels a step. " if about else ""
    return printed(results["training"], root, ["Training", "Seconds a step", "Crops a second", "MiB"], rows, extra)


def recipes(results: Results, root: str) -> str:
    """Ours against neural-style's in our engine."""
    about = results["recipes"].about
    rows = []
    for row in results["recipes"].rows:
        level = f"not in {about['their seconds']} s" if row["level"] is None else f"{row['level']} s"
        rows.append([row["judge"], row["ours"], row["equal time"], row["end"], level])
    heads = [
        "Judge (lower is better)",
        f"Ours, {about['ours seconds']} s",
        "neural-style's at equal time",
        f"after {about['their steps']} steps",
        "drew level after",
    ]
    return printed(results["recipes"], root, heads, rows, f"Painting alone, {about['size']} pixels, encoder `slim`. ")


def judges(results: Results, root: str) -> str:
    """How far the evaluator's own judges order paintings as a trained network does."""
    about = results["judges"].about
    rows = [
        [f"`{row['score']}`", f"`{row['against']}`", row["mean"], row["lowest"], f"{row['online first']} of {about['pairs']}"]
        for row in results["judges"].rows
    ]
    heads = ["Score", "Compared with the VGG-19's", "Rank correlation, mean", "lowest", "online ahead of fast"]
    extra = f"{about['pairs']} pairs, two methods, {len(about['strengths'])} strengths, {about['size']} pixels. "
    return printed(results["judges"], root, heads, rows, extra)


def pairs(results: Results, root: str) -> str:
    """Scores over a corpus."""
    result = results["pairs"]
    names = [key for key in result.rows[0] if key not in ("name", "encoder", "pairs", "seconds")]
    rows = [
        [f"{row['name']} ({row['encoder']})" if row["encoder"] else row["name"], *(row[key] for key in names)]
        for row in result.rows
    ]
    extra = f"{result.rows[0]['pairs']} pairs at {result.about['size']} pixels, lower is better. "
    return printed(result, root, ["", *names], rows, extra)


def models(results: Results, root: str) -> str:
    """Every texture model over a corpus, at the default's time."""
    result = results["models"]
    given = ("name", "iterations", "pairs", "seconds")
    names = [key for key in result.rows[0] if key not in given]
    rows = [[row["name"], row["iterations"], seconds(row["seconds"]), *(row[key] for key in names)] for row in result.rows]
    extra = f"{result.rows[0]['pairs']} pairs at {result.about['size']} pixels, painting alone; lower is better. "
    return printed(result, root, ["", "Steps", "Seconds", *names], rows, extra)


def readme(results: Results, root: str) -> str:
    """What the README says of speed: whole processes at two sizes, and one picture once all is loaded."""
    start = {one["name"]: one for one in results["startup"].rows}
    frame = next(one for one in results["realtime"].rows if one["runtime"] == FRONT_DOOR)
    words = {"online": "a painting, from the shell to the file", "fast": "the same with `--fast`"}
    rows = [
        [words[row["method"]], f"{row['width']} x {row['height']}", f"{seconds(row['seconds'])} s, {row['peak']} MiB"]
        for row in sorted(results["sizes"].rows, key=lambda row: list(words).index(row["method"]))
        if row["size"] in README_SIZES
    ]
    rows += [
        [
            '`impasto.Painter("fast")`, loaded',
            f"{frame['width']} x {frame['height']}",
            f"{frame['milliseconds']:.0f} ms a picture",
        ],
        ["`impasto --help`", None, f"{seconds(start['help']['seconds'])} s"],
    ]
    return printed(results["sizes"], root, ["What", "Pixels", "Takes"], rows, "Whole processes. ")


def preset_settings(results: Results, root: str) -> str:
    """Every setting of every preset, from its file."""
    loaded = {name: presets.load(name) for name in presets.names()}
    settings = dict.fromkeys(setting for one in loaded.values() for setting in one)
    rows = [
        [f"`{setting}`", *(shown(one[setting]) if setting in one else "" for one in loaded.values())]
        for setting in sorted(settings)
    ]
    return table(["Setting", *(f"`{name}`" for name in loaded)], rows)


def tool_options(results: Results, root: str) -> str:
    """Another tool's options and ours, from the preset that knows them."""
    rows = []
    for name, entry in presets.document("neural-style-pt")["options"].items():
        notes = [f"{given} is {ours or 'left out'}" for given, ours in entry.get("words", {}).items()]
        if "default" in entry:
            notes.append(f"relative to its {entry['default']:g}")
        notes += [entry["note"]] if "note" in entry else []
        ours = entry.get("is", "")
        rows.append(
            [f"`-{name}`", ours if ours.isupper() else f"`--{ours.replace('_', '-')}`" if ours else "", "; ".join(notes)]
        )
    return table(["Its option", "Ours", "Its values in ours"], rows)


def shown(value: Any) -> str:
    """A setting as a reader types it."""
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


TABLES: dict[str, Callable[[Results, str], str]] = {
    "methods": methods,
    "textures": textures,
    "encoders": encoders,
    "sizes": sizes,
    "realtime": realtime,
    "realtime-avx2": partial(realtime, suite="realtime-avx2"),
    "startup": startup,
    "training": training,
    "recipes": recipes,
    "judges": judges,
    "pairs": pairs,
    "models": models,
    "readme": readme,
    "presets": preset_settings,
    "options": tool_options,
}


def rows_of(result: Result, *kinds: str) -> dict[str, Row]:
    """The rows of these kinds, by name."""
    return {row["name"]: row for row in result.rows if row["kind"] in kinds}


def costs(row: Row) -> list[Any]:
    """What a painting took and what the judges say of it."""
    return [seconds(row["seconds"]), row["times"], row["peak"], row["style"], row["content"]]


def both(row: Row | None) -> list[Any]:
    """Seconds and memory, or dashes."""
    return [None, None] if row is None else [seconds(row["seconds"]), row["peak"]]


def size_of(result: Result) -> str:
    """How large the paintings were."""
    return f"Longer side {result.about['size']} pixels, whole processes. "


def printed(result: Result, root: str, heads: list[str], rows: list[list[Any]], extra: str = "") -> str:
    """The table with its small print."""
    return f"{table(heads, rows)}\n\n{small_print(result, root, extra)}"
