"""Real processes, really killed: nothing is lost."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

pytest.importorskip("torch")
pytest.importorskip("sqlalchemy")

from sqlalchemy import select

from impasto.studio.config import Config
from impasto.studio.database import Database
from impasto.studio.models import PaintingRow

ITERATIONS = 300


def workers_of(process: Any) -> dict[str, int]:
    """Process ids of the workers that a studio started, by name."""
    found = {}
    # Not the children of workers: one that has only just been forked has the command line of its parent.
    for child in psutil.Process(process.popen.pid).children():
        words = child.cmdline()
        if "--attached" in words:
            found[words[words.index("--attached") + 1]] = child.pid
    return found


def row_of(database: Database, identity: str) -> PaintingRow:
    with database.read() as session:
        row = session.scalar(select(PaintingRow).where(PaintingRow.id == identity))
    assert row is not None
    return row


def step_of(painting: dict[str, Any]) -> int:
    return int(painting["progress"]["step"]) if painting["progress"] else 0


def wait_for_checkpoint(database: Database, identity: str, other_than: str | None = None) -> PaintingRow:
    end = time.monotonic() + 600
    while (row := row_of(database, identity)).checkpoint_key in (None, other_than) or row.state != "running":
        assert time.monotonic() < end, (row.state, row.progress, row.error)
        time.sleep(0.02)
    return row


def test_a_worker_and_then_the_server_are_killed_in_mid_painting(start: Callable[..., Any], port: int, tmp_path: Path) -> None:
    words = ["studio", "--no-browser", "--port", str(port), "--data", str(tmp_path / "data"), "--lease", "20"]
    fast = {"IMPASTO_STUDIO_CHECKPOINT": "0.3"}
    studio = start(*words, "--workers", "2", **fast)
    visitor = studio.visitor(port)
    kept = visitor.paint(method="fast")
    identity = visitor.paint(method="online", iterations=ITERATIONS, texture="moments")["id"]
    database = Database(Config(data=str(tmp_path / "data")).database_url)

    row = wait_for_checkpoint(database, identity)
    reached, owner = step_of({"progress": row.progress}), row.lease_owner
    assert owner is not None
    os.kill(workers_of(studio)[owner.split("/")[0]], signal.SIGKILL)
    steps: list[int] = []

    def resumed(painting: dict[str, Any]) -> bool:
        steps.append(step_of(painting))
        return painting["state"] == "running" and row_of(database, identity).lease_owner not in (None, owner)

    visitor.wait(identity, resumed, seconds=600)
    visitor.wait(identity, lambda painting: step_of(painting) > reached or painting["state"] == "done", seconds=600)
    assert min(steps) >= reached  # it went on, and did not begin anew

    second = visitor.paint(method="online", iterations=2)["id"]
    row = wait_for_checkpoint(database, identity, row.checkpoint_key)
    orphans = list(workers_of(studio).values())
    studio.kill()
    _, left = psutil.wait_procs([psutil.Process(pid) for pid in orphans if psutil.pid_exists(pid)], timeout=120)
    assert not left  # nobody goes on painting for a studio that is not there
    reached = step_of({"progress": row_of(database, identity).progress})

    visitor = start(*words, "--workers", "1", **fast).visitor(port)
    gallery = [painting["id"] for painting in visitor.http.get("/api/paintings").json()["paintings"]]
    assert gallery == [second, identity, kept["id"]]
    assert visitor.http.get(kept["picture"]).status_code == 200
    assert step_of(visitor.look(identity)) >= reached
    for one in (identity, second):
        done = visitor.wait(one, lambda painting: painting["state"] not in ("queued", "running"), seconds=600)
        assert (done["state"], done["error"]) == ("done", None)
    assert row_of(database, identity).attempts >= 2
    assert len(list((tmp_path / "data" / "storage" / "checkpoints").iterdir())) == 0
