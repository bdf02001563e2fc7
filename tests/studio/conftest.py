"""Studios for tests: in this process behind a test client, or as processes of their own that can be killed."""

import asyncio
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from starlette.testclient import TestClient

HOME = "http://127.0.0.1"
NEEDED = ("fastapi", "uvicorn", "sqlalchemy", "alembic", "huey", "fsspec", "prometheus_client", "python_multipart", "httpx")
RATES = ("reading", "previews", "uploads", "fast", "jobs")
QUIET = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}


@pytest.fixture
def run_alone() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end in a thread of its own: a browser driven before leaves an event loop in this one."""

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, work).result()

    return run


def png(seed: int = 0, width: int = 96, height: int = 72) -> bytes:
    """A colourful picture, small as a file."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    planes = [0.5 + 0.4 * np.sin(random.uniform(5, 30) * x + random.uniform(5, 30) * y) for _ in range(3)]
    buffer = io.BytesIO()
    Image.fromarray((255 * np.stack(planes, -1)).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def generous(**limits: Any) -> Any:
    """Limits under which nobody is too fast."""
    from impasto.studio.limits import Limits, Rate

    return Limits(**{**{name: Rate(1e6, 1e6) for name in RATES}, **limits})


@pytest.fixture(scope="session", autouse=True)
def _installed() -> None:
    """Skips where the studio's packages are not there."""
    for name in NEEDED:
        pytest.importorskip(name, reason=f"{name} is not installed: pip install 'impasto[studio,dev]'")


class Visitor:
    """Somebody who uses a studio over HTTP."""

    def __init__(self, http: Any) -> None:
        self.http = http

    def upload(self, data: bytes | None = None, name: str = "photo.png") -> Any:
        """The answer to an upload."""
        return self.http.post("/api/pictures", files={"file": (name, data or png())})

    def picture(self, seed: int = 0) -> str:
        """Id of an uploaded picture."""
        answer = self.upload(png(seed))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def paint(self, **settings: Any) -> dict[str, Any]:
        """A painting of two small pictures."""
        order = {"content": self.picture(1), "styles": [{"picture": self.picture(2)}], "size": 64, **settings}
        answer = self.http.post("/api/paintings", json=order)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def look(self, identity: str) -> dict[str, Any]:
        """A painting now."""
        return dict(self.http.get(f"/api/paintings/{identity}").json())

    def wait(self, identity: str, until: Callable[[dict[str, Any]], bool], seconds: float = 90) -> dict[str, Any]:
        """The painting, as soon as it is so."""
        end = time.monotonic() + seconds
        while not until(painting := self.look(identity)):
            assert time.monotonic() < end, f"waited in vain: {json.dumps(painting)[:2000]}"
            time.sleep(0.05)
        return painting

    def wait_for_workers(self, count: int, seconds: float = 600) -> None:
        """Until so many are there."""
        end = time.monotonic() + seconds
        while self.http.get("/api/health").json()["workers"] < count:
            assert time.monotonic() < end
            time.sleep(0.1)


class Room:
    """A studio in this process. files: what lies in its storage."""

    def __init__(self, folder: Path, limits: Any, **settings: Any) -> None:
        from impasto.studio.config import Config
        from impasto.studio.desk import Desk
        from impasto.studio.web import app

        self.folder = folder
        self.desk = Desk(Config(data=str(folder), **settings), limits)
        self.desk.database.migrate()
        self.app = app.create(self.desk)

    def client(self) -> "TestClient":
        """A client of it."""
        from starlette.testclient import TestClient

        return TestClient(self.app, base_url=HOME, raise_server_exceptions=False)

    @property
    def house(self) -> Any:
        """What its routes share."""
        return self.app._app.state.house  # type: ignore[attr-defined]

    @property
    def files(self) -> set[str]:
        """Everything that is kept."""
        return {path.relative_to(self.folder).as_posix() for path in (self.folder / "storage").rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def shared_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Room, Any]]:
    """One for all tests that do not mind what others left there."""
    room = Room(tmp_path_factory.mktemp("studio"), generous(), workers=0)
    with room.client() as http:
        yield room, http


@pytest.fixture
def room(shared_room: tuple[Room, Any]) -> Room:
    """The shared studio."""
    return shared_room[0]


@pytest.fixture
def visitor(shared_room: tuple[Room, Any]) -> Visitor:
    """A visitor of the shared studio."""
    return Visitor(shared_room[1])


@pytest.fixture
def open_room(tmp_path: Path, shared_room: tuple[Room, Any]) -> Iterator[Callable[..., tuple[Room, Visitor]]]:
    """Opens studios with settings and limits of their own. No sweep and no samples, unless `lively`."""
    clients: list[Any] = []
    decoder = shared_room[0].house.decoder

    def opened(limits: dict[str, Any] | None = None, lively: bool = False, **settings: Any) -> tuple[Room, Visitor]:
        room = Room(tmp_path / "studio", generous(**(limits or {})), workers=0, **settings)
        if limits is None:  # decoding as elsewhere, so the process that does it need not be started again
            room.house.decoder = decoder
        client = room.client()
        if lively:
            client.__enter__()
            clients.append(client)
        return room, Visitor(client)

    yield opened
    for client in clients:
        client.__exit__(None, None, None)


class Process:
    """A studio or a worker as a process of its own."""

    def __init__(self, *words: str, log: Path, **environment: str) -> None:
        self.log = log
        command = [sys.executable, "-m", "impasto", *words]
        with log.open("ab") as file:
            self.popen = subprocess.Popen(
                command, stdout=file, stderr=file, env={**os.environ, **QUIET, **environment}, start_new_session=True
            )

    def visitor(self, port: int, seconds: float = 90) -> Visitor:
        """A visitor, once the studio answers."""
        import httpx

        http, end = httpx.Client(base_url=f"{HOME}:{port}", timeout=60), time.monotonic() + seconds
        while True:
            assert self.popen.poll() is None, self.log.read_text()
            try:
                http.get("/api/health").raise_for_status()
                return Visitor(http)
            except httpx.HTTPError:
                assert time.monotonic() < end, self.log.read_text()
                time.sleep(0.1)

    def kill(self) -> None:
        """As the power goes: this process alone, without a word."""
        self.popen.kill()
        self.popen.wait()

    def end(self) -> None:
        """In peace; then with all that it started."""
        if self.popen.poll() is None:
            self.popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts processes, and ends them."""
    started: list[Process] = []

    def begin(*words: str, **environment: str) -> Process:
        process = Process(*words, log=tmp_path / "log.txt", **environment)
        started.append(process)
        return process

    yield begin
    for process in reversed(started):
        process.end()


@pytest.fixture
def picture_bytes() -> Callable[..., bytes]:
    """`png`."""
    return png


@pytest.fixture
def visit() -> Callable[[int], Visitor]:
    """A visitor of the studio at a port."""
    import httpx

    return lambda port: Visitor(httpx.Client(base_url=f"{HOME}:{port}", timeout=60))


@pytest.fixture
def port() -> int:
    """A free one."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
