"""A result: what was measured, on which machine, with which versions, when. One JSON file a suite; no host names, no paths."""

import datetime
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from impasto.cli.doctor import examine

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"

Row = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """rows: what was measured, a mapping of plain values each. effort: `quick`, `full` or `trial`. about: what all rows share.

    machine: processor, cores, memory and device; load: how many processes wanted the processor at the end, the benchmark's own
        among them.
    skipped: what could not be measured there, and why.
    """

    suite: str
    effort: str
    date: str
    machine: dict[str, Any]
    versions: dict[str, str]
    rows: list[Row]
    about: dict[str, Any] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def line(self) -> str:
        """The machine, the versions and the date in a line."""
        machine = self.machine
        parts = [
            f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}",
            f"{machine['device']} ({machine['precision']})",
            f"PyTorch {self.versions['torch']}, OpenVINO {self.versions['openvino']}, Python {self.versions['python']}",
            self.date if self.effort == "full" else f"{self.date}, {self.effort} run",
        ]
        return "; ".join(parts) + ("" if machine["load"] <= machine["cores"] + 0.5 else "; the machine had other work")


def new(
    suite: str, effort: str, rows: list[Row], about: dict[str, Any] | None = None, skipped: list[str] | None = None
) -> Result:
    """A result of now and here."""
    report = examine()
    versions, system, torch = report["versions"], report["system"], report["torch"]
    machine = {
        "processor": " ".join(str(system["processor"]).replace("(R)", "").split()),
        "cores": system["cores"],
        "memory": str(system["memory"]).split(" of ")[-1].replace(" available", ""),
        "system": str(system["os"]).split("-")[0],
        "device": torch["devices"][-1],
        "precision": torch["precision"],
        "threads": torch["threads"],
        "features": torch["processor features"],
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
    }
    named = ("impasto", "python", "torch", "numpy", "openvino", "onnxruntime")
    found = {name: str(versions[name]) for name in named if versions.get(name)}
    return Result(suite, effort, datetime.date.today().isoformat(), machine, found, rows, about or {}, skipped or [])


def write(result: Result, folder: Path) -> Path:
    """FOLDER/SUITE.json."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.suite}.json"
    path.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read(suite: str, folder: Path = RESULTS) -> Result | None:
    """What was written last, or None."""
    path = folder / f"{suite}.json"
    return Result(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def read_all(folder: Path = RESULTS) -> dict[str, Result]:
    """Every result of a folder, by suite."""
    return {path.stem: Result(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))}
