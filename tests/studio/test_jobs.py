"""Leases: a job is one worker's at a time, whatever dies, and no job is forgotten."""

import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from impasto.studio.config import Config
from impasto.studio.desk import Desk
from impasto.studio.faults import Conflict, NotFound, TooMany
from impasto.studio.jobs import GIVEN_UP, MOST_ATTEMPTS, LeaseLost
from impasto.studio.limits import Limits
from impasto.studio.orders import Order
from impasto.studio.sweep import resend

LEASE = 1.0
ORDER = Order("reconstruction", None, (), (), {"size": 64, "texture": "gram"})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(Config(data=str(tmp_path), lease=LEASE), Limits(queue=3))
    desk.database.migrate()
    return desk


def queued(desk: Desk) -> str:
    row = desk.jobs.create(ORDER)
    desk.submit(row.id)
    return row.id


def test_one_of_two_workers_gets_the_job(desk: Desk) -> None:
    identity = queued(desk)
    claimed = desk.jobs.claim(identity, "one")
    assert claimed is not None
    assert desk.jobs.claim(identity, "two") is None
    row, owner = claimed
    assert (row.state, row.attempts) == ("running", 1)
    desk.jobs.tell(identity, owner, progress={"step": 1})
    with pytest.raises(LeaseLost):
        desk.jobs.tell(identity, "two/x", progress={"step": 2})
    assert desk.jobs.find(identity).progress == {"step": 1}


def test_a_worker_that_was_thought_dead_can_change_nothing(desk: Desk) -> None:
    identity = queued(desk)
    first = desk.jobs.claim(identity, "one")
    time.sleep(LEASE + 0.1)
    second = desk.jobs.claim(identity, "two")
    assert first is not None
    assert second is not None
    for late in (lambda: desk.jobs.beat(identity, first[1]), lambda: desk.jobs.end(identity, first[1], "done")):
        with pytest.raises(LeaseLost):
            late()
    desk.jobs.end(identity, second[1], "done")
    assert desk.jobs.find(identity).state == "done"


def test_a_heartbeat_keeps_the_lease(desk: Desk) -> None:
    identity = queued(desk)
    claimed = desk.jobs.claim(identity, "one")
    assert claimed is not None
    for _ in range(4):
        time.sleep(LEASE / 2)
        assert desk.jobs.beat(identity, claimed[1]) is False
        assert desk.jobs.recover() == []


def test_a_dead_workers_job_goes_into_the_queue_again(desk: Desk) -> None:
    identity = queued(desk)
    assert desk.queue.take() == identity
    desk.jobs.claim(identity, "one")
    assert resend(desk) == 0
    time.sleep(LEASE + 0.1)
    assert resend(desk) == 1
    assert desk.queue.take() == identity
    assert desk.jobs.find(identity).state == "queued"


def test_a_process_that_is_known_to_have_ended_is_not_waited_for(desk: Desk) -> None:
    mine, other = queued(desk), queued(desk)
    desk.jobs.claim(mine, "one")
    desk.jobs.claim(other, "one-and-a-half")
    desk.jobs.disown("one")
    assert desk.jobs.recover() == [mine]


def test_what_the_queue_lost_is_sent_again_and_nothing_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = queued(desk), queued(desk)
    monkeypatch.setattr("impasto.studio.sweep.RESEND_SECONDS", 0.0)
    assert resend(desk) == 0  # both wait in the queue
    while desk.queue.take():
        pass
    assert resend(desk) == 2
    assert [desk.queue.take(), desk.queue.take(), desk.queue.take()] == [first, second, None]


def test_a_queue_that_is_away_loses_no_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(identity: str) -> None:
        raise ConnectionError("away")

    with monkeypatch.context() as patch:
        patch.setattr(desk.queue, "send", away)
        identity = queued(desk)
    assert desk.queue.take() is None
    assert resend(desk) == 1
    assert desk.queue.take() == identity


def test_a_job_that_kills_its_workers_is_given_up(desk: Desk) -> None:
    identity = queued(desk)
    for _ in range(MOST_ATTEMPTS):
        assert desk.jobs.claim(identity, "one") is not None
        desk.jobs.disown("one")
    assert desk.jobs.recover() == []
    row = desk.jobs.find(identity)
    assert (row.state, row.error) == ("failed", GIVEN_UP)


def test_a_worker_that_is_told_to_end_gives_its_job_back(desk: Desk) -> None:
    identity = queued(desk)
    claimed = desk.jobs.claim(identity, "one")
    assert claimed is not None
    desk.jobs.release(identity, claimed[1])
    row = desk.jobs.find(identity)
    assert (row.state, row.attempts, row.lease_owner) == ("queued", 0, None)


def test_cancelling(desk: Desk) -> None:
    waiting, running, dead = queued(desk), queued(desk), queued(desk)
    assert desk.jobs.cancel(waiting).state == "cancelled"
    assert desk.jobs.claim(waiting, "one") is None
    claimed = desk.jobs.claim(running, "one")
    assert claimed is not None
    assert desk.jobs.cancel(running).state == "running"
    assert desk.jobs.tell(running, claimed[1]) is True
    desk.jobs.claim(dead, "two")
    desk.jobs.cancel(dead)
    desk.jobs.disown("two")
    assert desk.jobs.recover() == []
    assert desk.jobs.find(dead).state == "cancelled"
    with pytest.raises(Conflict):
        desk.jobs.cancel(waiting)
    with pytest.raises(NotFound):
        desk.jobs.cancel("nobody")


def test_the_queue_is_bounded(desk: Desk) -> None:
    for _ in range(3):
        queued(desk)
    with pytest.raises(TooMany) as caught:
        queued(desk)
    assert caught.value.retry_after


def test_messages_run_no_code(desk: Desk) -> None:
    import pickle

    class Bomb:
        def __reduce__(self) -> Any:
            return (pytest.fail, ("the queue ran somebody's code",))

    desk.queue._huey.storage.enqueue(pickle.dumps(Bomb()))
    with pytest.raises(UnicodeDecodeError):
        desk.queue.take()
