"""The benchmarks' scripts work at a tiny size, and the documents say what their results say."""

import dataclasses
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch")

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
MEASURED = re.compile(r"\b\d[\d.,]*\s?(?:s|ms|seconds|milliseconds|MiB|GiB|GB|fps|frames)\b")


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    """The scripts as modules; they are no package, and import each other by their names."""
    sys.path.insert(0, str(BENCHMARKS))
    names = ("effort", "plan", "publish", "record", "tables", "measuring")
    yield SimpleNamespace(**{name: import_module(name) for name in names})
    sys.path.remove(str(BENCHMARKS))


def test_the_documents_say_what_the_results_say(bench: Any) -> None:
    results = bench.record.read_all()
    for document in bench.publish.documents():
        text = document.read_text(encoding="utf-8")
        assert bench.publish.filled(text, results, bench.publish.way_to_root(document)) == text, (
            f"{document.name}: run python benchmarks/all.py --publish"
        )


@pytest.mark.parametrize("name", ["README.md", "docs/index.md", "docs/choosing.md", "docs/benchmarks.md", "docs/comparison.md"])
def test_no_measured_figure_is_typed_by_hand(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    prose = re.sub(r"<!-- (table|value):.*?<!-- /\1 -->|```.*?```|^    .*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    others = [line for line in prose.splitlines() if MEASURED.search(line) and "24 GB card" not in line]
    assert not others, "a figure stands between markers, see benchmarks/README.md"


def test_the_results_name_machine_versions_and_date_but_no_folder(bench: Any) -> None:
    for path in bench.record.RESULTS.glob("*.json"):
        result = bench.record.read(path.stem)
        assert {"processor", "cores", "memory", "device", "load"} <= set(result.machine)
        assert {"impasto", "python", "torch"} <= set(result.versions)
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", result.date)
        assert not re.search(r'"[^"]*/(home|root|tmp|work|Users)/', path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("suite", ["realtime", "recipes", "curves"])
def test_a_suite_runs_is_written_and_read_again(
    suite: str, bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    effort = bench.effort.TRIAL
    if suite == "curves":
        monkeypatch.setattr(bench.plan, "METHODS", {"default": {}, "fast": {"method": "fast"}})
    rows, about, skipped = import_module(f"suites.{suite}").run(bench.plan.Plan(effort))
    assert rows
    written = bench.record.new(suite, effort.name, rows, about, skipped)
    path = bench.record.write(written, tmp_path)
    assert bench.record.read(suite, tmp_path) == written
    assert json.loads(path.read_text())["rows"] == rows


def test_judges_are_compared_with_a_trained_network(bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    suite = import_module("suites.judges")
    monkeypatch.setattr(suite, "PHOTOS", ("cat",))
    monkeypatch.setattr(suite, "STYLES", ("night",))
    rows, about, skipped = suite.run(bench.plan.Plan(bench.effort.TRIAL, teacher="slim"))
    assert [row["score"] for row in rows] == list(suite.REFERENCE)
    assert not skipped
    assert about["pairs"] == 1
    # Strength is by far the largest difference, and whoever judges must see it; two steps leave much to chance beside it.
    assert all(row["mean"] > 0 for row in rows)
    assert rows[0]["mean"] > 0.5
    assert suite.run(bench.plan.Plan(bench.effort.TRIAL)) == ([], {}, ["judges: needs --teacher"])


def test_whole_processes_are_painted_and_scored(bench: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Here within this process: starting Python and PyTorch a dozen times takes longer than this test may."""
    from impasto.cli.main import main

    def within(command: list[str]) -> Any:
        assert main(command[3:]) == 0
        return bench.measuring.Cost(1.0, 100.0)

    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(bench.measuring, "measure", within)
    plan = bench.plan.Plan(dataclasses.replace(bench.effort.TRIAL, kinds=("method", "preset", "encoder")))
    rows, _, _ = import_module("suites.methods").run(plan)
    assert {"default", "fast", "gatys", "slim"} <= {row["name"] for row in rows}
    assert all(0 < row["style"] < 2 for row in rows)
    rows, _, _ = import_module("suites.sizes").run(plan)
    assert [(row["method"], row["width"]) for row in rows] == [("online", 64), ("fast", 64)]


def test_processes_are_measured_in_turns(bench: Any) -> None:
    costs = bench.measuring.in_turns(
        {"one": [sys.executable, "-c", "pass"], "two": [sys.executable, "-c", "x = 'x' * 80_000_000"]}, 1
    )
    assert 0 < costs["one"].seconds < 60
    assert costs["two"].peak > costs["one"].peak + 50


def test_a_process_that_fails_is_not_a_time(bench: Any) -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        bench.measuring.measure([sys.executable, "-c", "raise SystemExit('no such thing')"])


def made_up(bench: Any) -> dict[str, Any]:
    """Results of every suite, as a run would leave them."""
    painted = {"seconds": 2.0, "times": 1.0, "peak": 700, "style": 0.6, "content": 0.5}
    names = {"method": ("fast", "default", "gram"), "texture": ("gram",), "preset": ("gatys",), "encoder": ("slim",)}
    rows = {
        "methods": [{"kind": kind, "name": name, **painted} for kind, some in names.items() for name in some],
        "sizes": [{"method": m, "size": 64, "width": 64, "height": 48, "seconds": 1.0, "peak": 9} for m in ("online", "fast")],
        "curves": [
            {"kind": "method", "name": "default", "step": s, "seconds": s / 9, "style": 1 / s, "content": 1.0} for s in (1, 2)
        ],
        "realtime": [
            {"runtime": "impasto.Painter", "what": "painting", "width": 64, "height": 48, "milliseconds": 9.0, "frames": 111.0}
        ],
        "startup": [{"name": "help", "what": "`impasto --help`", "seconds": 0.1, "peak": 20, "times": 2.0}],
        "training": [{"what": "style", "step seconds": 0.5, "crops": 8.0, "peak": 900, "short seconds": 3.0}],
        "recipes": [{"judge": "style", "ours": 0.5, "equal time": 0.6, "end": 0.4, "level": None}],
        "judges": [{"score": "patches", "against": "gram", "mean": 0.9, "lowest": 0.7, "online first": 2}],
        "pairs": [{"name": "default", "encoder": "teacher", "pairs": 2, "seconds": 1.0, "patch": 0.1}],
        "models": [{"name": "gram", "iterations": 9, "pairs": 2, "seconds": 1.0, "patch": 0.1}],
    }
    rows["realtime"][0] |= {"megapixels": 0.3, "peak": 90}
    rows["realtime-avx2"] = rows["realtime"]
    about = {
        "pairs": 2,
        "strengths": [0.5, 1.0],
        "size": 64,
        "batch": 4,
        "ours seconds": 1.0,
        "their steps": 9,
        "their seconds": 4.5,
    }
    return {suite: bench.record.new(suite, "trial", found, about) for suite, found in rows.items()}


def test_every_table_can_be_rendered_from_results(bench: Any) -> None:
    results = made_up(bench)
    for name, render in bench.tables.TABLES.items():
        text = render(results, "../")
        assert text.startswith("| "), name
        widths = {line.count("|") for line in text.splitlines() if line.startswith("|")}
        assert len(widths) == 1, name
    assert "](../docs/images/method-fast.jpg)" in bench.tables.TABLES["methods"](results, "../")


def test_a_table_and_a_figure_are_brought_up_to_date(bench: Any) -> None:
    text = "A\n<!-- table: startup -->\nold\n<!-- /table -->\n<!-- value: startup name=help seconds .2f -->9<!-- /value --> s\n"
    results = made_up(bench)
    new = bench.publish.filled(text, results, "")
    assert "old" not in new
    assert "-->0.10<!--" in new
    assert bench.publish.filled(new, results, "") == new
    faster = dataclasses.replace(results["startup"], rows=[{**results["startup"].rows[0], "seconds": 0.05}])
    assert "-->0.05<!--" in bench.publish.filled(new, {**results, "startup": faster}, "")


def test_a_table_that_nobody_has_measured_says_so(bench: Any) -> None:
    text = "<!-- table: startup -->\n<!-- /table -->\n"
    assert "Not measured yet" in bench.publish.filled(text, {}, "")
    with pytest.raises(KeyError):
        bench.publish.filled("<!-- table: nothing -->\n<!-- /table -->", {}, "")


def test_every_plot_is_drawn_from_results(bench: Any, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    plots = import_module("plots")
    drawn = plots.draw(made_up(bench), tmp_path)
    assert {path.name for path in drawn} == {path.name for path in plots.PLOTS_FOLDER.glob("*.svg")}
    # No date, so that the same results give the same file.
    assert not [path for path in drawn if "<dc:date>" in path.read_text(encoding="utf-8")]
