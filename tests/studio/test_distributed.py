"""Several machines, as far as one can play them: PostgreSQL, Redis, a web process, two workers, and one of them dies."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

pytest.importorskip("torch")
pytest.importorskip("sqlalchemy")
pytest.importorskip("psycopg")
pytest.importorskip("redis")

from sqlalchemy import select

from impasto.studio.database import Database
from impasto.studio.models import PaintingRow

SCRIPT = Path(__file__).parents[2] / "deploy" / "stack.sh"
PORTS = {"PORT": 18040, "POSTGRES_PORT": 18041, "REDIS_PORT": 18042}
ITERATIONS = 150


def missing() -> str:
    """What this machine lacks for the stack."""
    postgres = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *filter(None, [shutil.which("initdb")])]
    found = {"redis-server": shutil.which("redis-server"), "PostgreSQL's server": postgres, "setsid": shutil.which("setsid")}
    return ", ".join(name for name, place in found.items() if not place)


pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed here: {missing()}")


class Stack:
    """What `deploy/stack.sh` starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            **{name: str(port) for name, port in PORTS.items()},
            **{"PYTHON": sys.executable, "WORKERS": "2", "IMPASTO_STUDIO_LEASE": "6", "IMPASTO_STUDIO_CHECKPOINT": "0.3"},
            **{"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"},
        }

    def do(self, command: str) -> str:
        done = subprocess.run(
            [SCRIPT, command, self.folder], env=self._environment, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, done.stderr + self.logs()
        return done.stdout

    def logs(self) -> str:
        return "\n".join(f"{path.name}: {path.read_text()[-2000:]}" for path in (self.folder / "logs").glob("*.log"))

    def pid(self, name: str) -> int:
        return int((self.folder / "run" / f"{name}.pid").read_text())

    def kill(self, name: str) -> None:
        """Without a word, and waits until it is gone."""
        process = psutil.Process(self.pid(name))
        process.kill()
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)

    def database(self) -> Database:
        password = (self.folder / "secrets" / "postgres").read_text()
        return Database(f"postgresql+psycopg://impasto:{password}@127.0.0.1:{PORTS['POSTGRES_PORT']}/postgres")


@pytest.fixture
def stack() -> Iterator[Stack]:
    # Not in pytest's folder, which the user postgres may not enter.
    folder = Path(tempfile.mkdtemp(prefix="stack-", dir="/tmp"))
    folder.chmod(0o755)
    stack = Stack(folder)
    try:
        stack.do("start")
        yield stack
    finally:
        stack.do("stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_the_work_of_a_killed_worker_and_of_an_emptied_queue_goes_on(stack: Stack, visit: Callable[[int], Any]) -> None:
    visitor, database = visit(PORTS["PORT"]), stack.database()

    def row_of(identity: str) -> PaintingRow:
        with database.read() as session:
            row = session.scalar(select(PaintingRow).where(PaintingRow.id == identity))
        assert row is not None
        return row

    visitor.wait_for_workers(2)
    painting = visitor.paint(method="online", iterations=ITERATIONS, texture="moments")["id"]
    end = time.monotonic() + 600
    while not (row := row_of(painting)).checkpoint_key:
        assert time.monotonic() < end, (row.state, row.error, stack.logs())
        time.sleep(0.02)
    owner, reached = str(row.lease_owner), int((row.progress or {})["step"])
    (victim,) = [name for name in ("worker-1", "worker-2") if f"-{stack.pid(name)}-" in owner]
    stack.kill(victim)

    # And the queue forgets everything.
    stack.kill("redis")
    waiting = visitor.paint(method="online", iterations=3)["id"]
    stack.do("start")

    steps: list[int] = []

    def ended(now: dict[str, Any]) -> bool:
        steps.append(now["progress"]["step"])
        return now["state"] not in ("queued", "running")

    done = visitor.wait(painting, ended, seconds=600)
    assert (done["state"], done["error"]) == ("done", None), stack.logs()
    assert min(steps) >= reached  # from its checkpoint, not from the beginning
    assert row_of(painting).attempts >= 2
    done = visitor.wait(waiting, lambda now: now["state"] not in ("queued", "running"), seconds=600)
    assert (done["state"], done["error"]) == ("done", None), stack.logs()
    database.close()
