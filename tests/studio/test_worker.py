"""A worker in this process: what becomes of a job, step by step. Killing real ones is `test_survival`'s."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("sqlalchemy")

from impasto.studio import codec, notes
from impasto.studio.jobs import LeaseLost
from impasto.studio.storage import Storage
from impasto.studio.worker import Worker

ITERATIONS = 12


@pytest.fixture
def studio(open_room: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """One whose workers show and keep everything at once."""
    for name in ("PROGRESS_SECONDS", "PREVIEW_SECONDS"):
        monkeypatch.setattr(notes, name, 0.0)
    monkeypatch.setattr(notes, "SHARE", 1e9)
    return open_room(checkpoint=0.0)


def at_step(monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], None]) -> None:
    """Something that happens after a step."""
    after = notes.Notes.after

    def acting(self: notes.Notes, step: Any, levels: Any, picture: Any) -> None:
        after(self, step, levels, picture)
        if step.step == number:
            act()

    monkeypatch.setattr(notes.Notes, "after", acting)


def work(room: Any, identity: str, stop: threading.Event | None = None) -> None:
    Worker(room.desk, "tested", stop or threading.Event()).do(identity)


def result(room: Any, visitor: Any, identity: str) -> np.ndarray:
    return np.asarray(codec.decode(visitor.http.get(visitor.look(identity)["picture"]).content).pixels)


def test_a_job_is_painted_and_leaves_only_its_picture(studio: Any) -> None:
    room, visitor = studio
    painting = visitor.paint(method="online", iterations=ITERATIONS)
    before = room.files
    work(room, painting["id"])
    done = visitor.look(painting["id"])
    assert (done["state"], done["error"]) == ("done", None)
    assert (done["width"], done["height"]) == (64, 48)
    assert done["progress"]["step"] == done["progress"]["steps"] == ITERATIONS
    assert done["seconds"] > 0
    assert len(room.files - before) == 2
    assert not list(room.folder.glob("work-*"))


def test_what_is_seen_on_the_way(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room, visitor = studio
    painting = visitor.paint(method="online", iterations=ITERATIONS)
    seen: dict[str, Any] = {}

    def look() -> None:
        seen.update(visitor.look(painting["id"]))
        seen["bytes"] = visitor.http.get(seen["preview"]).content

    at_step(monkeypatch, 5, look)
    work(room, painting["id"])
    assert seen["state"] == "running"
    assert seen["progress"]["step"] == 5
    assert seen["progress"]["loss"] > 0
    assert seen["preview"].endswith("?v=5")
    assert codec.decode(seen["bytes"]).size == (64, 48)


def test_a_cancelled_job_ends_after_its_step(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room, visitor = studio
    painting = visitor.paint(method="online", iterations=ITERATIONS)
    at_step(monkeypatch, 4, lambda: visitor.http.post(f"/api/paintings/{painting['id']}/cancel"))
    work(room, painting["id"])
    ended = visitor.look(painting["id"])
    assert ended["state"] == "cancelled"
    assert ended["progress"]["step"] == 4
    assert not [name for name in room.files if "checkpoints/" in name]


def test_a_job_that_is_deleted_in_the_midst_leaves_nothing(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room, visitor = studio
    painting = visitor.paint(method="online", iterations=ITERATIONS)
    before = room.files
    at_step(monkeypatch, 4, lambda: visitor.http.delete(f"/api/paintings/{painting['id']}"))
    work(room, painting["id"])
    assert room.files == before


def test_a_painting_goes_on_elsewhere_exactly_where_it_was(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room, visitor = studio
    whole, broken = (visitor.paint(method="online", iterations=ITERATIONS)["id"] for _ in range(2))
    work(room, whole)
    stop = threading.Event()
    with monkeypatch.context() as patch:
        at_step(patch, 6, stop.set)
        work(room, broken, stop)
    told = visitor.look(broken)
    assert (told["state"], told["progress"]["step"]) == ("queued", 6)
    steps: list[int] = []
    after = notes.Notes.after

    def counting(self: notes.Notes, step: Any, levels: Any, picture: Any) -> None:
        steps.append(step.step)
        after(self, step, levels, picture)

    monkeypatch.setattr(notes.Notes, "after", counting)
    work(room, broken)
    assert steps == list(range(7, ITERATIONS + 1))
    assert np.array_equal(result(room, visitor, broken), result(room, visitor, whole))


def test_a_damaged_checkpoint_costs_time_but_not_the_painting(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room, visitor = studio
    identity = visitor.paint(method="online", iterations=ITERATIONS)["id"]
    stop = threading.Event()
    with monkeypatch.context() as patch:
        at_step(patch, 6, stop.set)
        work(room, identity, stop)
    (kept,) = [room.folder / "storage" / name.removeprefix("storage/") for name in room.files if "checkpoints/" in name]
    kept.write_bytes(kept.read_bytes()[:-100])
    work(room, identity)
    assert visitor.look(identity)["state"] == "done"


@pytest.mark.parametrize("folder", ["paintings", "checkpoints"])
def test_a_full_disc_fails_the_job_with_that_line(studio: Any, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    room, visitor = studio
    painting = visitor.paint(method="online", iterations=ITERATIONS)
    before = room.files
    writing = Storage._path

    def full(self: Storage, key: str) -> str:
        if key.startswith(folder) and not Path(writing(self, key)).exists() and armed:
            raise OSError(errno.ENOSPC, "No space left on device")
        return writing(self, key)

    armed = True
    monkeypatch.setattr(Storage, "_path", full)
    work(room, painting["id"])
    armed = False
    failed = visitor.look(painting["id"])
    assert failed["state"] == "failed"
    assert "full" in failed["error"]
    assert "\n" not in failed["error"]
    assert not [name for name in room.files - before if "checkpoints/" in name]
    again = visitor.paint(method="online", iterations=2)
    work(room, again["id"])
    assert visitor.look(again["id"])["state"] == "done"


def test_what_the_painter_refuses_is_said(studio: Any) -> None:
    room, visitor = studio
    thin = np.full((4, 90, 3), 90, np.uint8)
    wide = visitor.upload(codec.for_screen(thin), "thin.jpg").json()["id"]
    painting = visitor.paint(method="online", iterations=2, content=wide)
    work(room, painting["id"])
    failed = visitor.look(painting["id"])
    assert failed["state"] == "failed"
    assert "at least" in failed["error"]


def test_a_reconstruction_shows_how_it_works(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import impasto.reconstruction

    whole = impasto.reconstruction.reconstruct
    monkeypatch.setattr(
        impasto.reconstruction, "reconstruct", lambda image, **given: whole(image, **{**given, "iterations": 2})
    )
    room, visitor = studio
    answer = visitor.http.post("/api/reconstructions", json={"content": visitor.picture(1), "size": 64, "texture": "gram"})
    assert answer.status_code == 201
    work(room, answer.json()["id"])
    done = visitor.look(answer.json()["id"])
    assert (done["kind"], done["state"], done["error"]) == ("reconstruction", "done", None)
    assert done["width"] > 300


def test_a_lease_that_is_lost_ends_the_work(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room, visitor = studio
    identity = visitor.paint(method="online", iterations=ITERATIONS)["id"]
    taken: list[Any] = []

    def take_over() -> None:
        room.desk.jobs.disown("tested")
        taken.append(room.desk.jobs.claim(identity, "another"))

    at_step(monkeypatch, 4, take_over)
    work(room, identity)
    row = room.desk.jobs.find(identity)
    assert (row.state, row.lease_owner) == ("running", taken[0][1])
    with pytest.raises(LeaseLost):
        room.desk.jobs.end(identity, "tested/x", "done")
