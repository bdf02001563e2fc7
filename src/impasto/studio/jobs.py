"""What may happen to a painting's row, each as one statement that either holds or does not: queued, claimed, told, finished.

A claim is a lease: it must be renewed, and whoever finds it run out may take the job over. Each claim has an owner's word
of its own, so that a worker which was thought dead can change nothing any more.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from impasto.studio.clock import now
from impasto.studio.database import Database
from impasto.studio.faults import Conflict, NotFound, TooMany
from impasto.studio.limits import Limits
from impasto.studio.models import PaintingRow, PictureRow, UseRow, WorkerRow
from impasto.studio.orders import Order

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
ENDED = frozenset({DONE, FAILED, CANCELLED})
MOST_ATTEMPTS = 8
"""Claims after which a job that never ends is given up: it kills its workers."""

GIVEN_UP = f"its worker stopped {MOST_ATTEMPTS} times while painting it, perhaps for want of memory: try a smaller size"


class LeaseLost(Exception):
    """The job is another's by now, or gone; whatever is done for it here is in vain."""


class Jobs:
    """The paintings' rows. lease: seconds that a claim holds without a sign of life."""

    def __init__(self, database: Database, limits: Limits, lease: float) -> None:
        self._database, self._limits, self._lease = database, limits, lease

    def create(self, order: Order, **values: Any) -> PaintingRow:
        """A new row: a queued job, or, with `state` and the rest given, a painting that is done already.

        Raises NotFound for a picture that is gone, and TooMany where too many jobs wait.
        """
        row = PaintingRow(id=secrets.token_urlsafe(12), kind=order.kind, method=order.settings.get("method", "online"))
        row.order, row.state = order.as_dict(), QUEUED
        for name, value in values.items():
            setattr(row, name, value)
        with self._database.begin() as session:
            if row.state == QUEUED and self._unfinished(session) >= self._limits.queue:
                raise TooMany("the studio has as many paintings to do as it takes: come back in a while", retry_after=30)
            wanted = order.pictures
            found = set(session.scalars(select(PictureRow.id).where(PictureRow.id.in_(wanted))))
            if found != wanted:
                raise NotFound("a picture of this painting is not there (any more); upload it again")
            session.add(row)
            session.flush()
            session.add_all(UseRow(painting_id=row.id, picture_id=identity) for identity in wanted)
            session.flush()
            session.refresh(row)
        return row

    def find(self, identity: str) -> PaintingRow:
        """Raises NotFound."""
        with self._database.read() as session:
            row = session.scalar(select(PaintingRow).where(PaintingRow.id == identity))
        if row is None:
            raise NotFound("there is no such painting (any more)")
        return row

    def page(self, limit: int, before: str | None) -> Sequence[PaintingRow]:
        """The newest paintings, older than `before` where it is given. Raises NotFound for a `before` that is gone."""
        query = select(PaintingRow).order_by(PaintingRow.number.desc()).limit(limit)
        if before is not None:
            query = query.where(PaintingRow.number < self.find(before).number)
        with self._database.read() as session:
            return session.scalars(query).all()

    def versions(self, identities: Sequence[str]) -> dict[str, int]:
        """The version of each of these that is there."""
        query = select(PaintingRow.id, PaintingRow.version).where(PaintingRow.id.in_(identities))
        with self._database.read() as session:
            return {identity: version for identity, version in session.execute(query)}

    def counts(self) -> dict[str, int]:
        """How many paintings there are in each state."""
        with self._database.read() as session:
            found = session.execute(select(PaintingRow.state, func.count()).group_by(PaintingRow.state))
            return {state: int(count) for state, count in found}

    def claim(self, identity: str, worker: str) -> tuple[PaintingRow, str] | None:
        """The row and the owner's word, where the job is free to be taken; None where it is not."""
        owner = f"{worker}/{secrets.token_hex(6)}"
        statement = (
            update(PaintingRow)
            .where(PaintingRow.id == identity, _free(), ~PaintingRow.cancelling, PaintingRow.attempts < MOST_ATTEMPTS)
            .values(state=RUNNING, lease_owner=owner, lease_until=now() + self._lease, attempts=PaintingRow.attempts + 1)
            .values(started=func.coalesce(PaintingRow.started, now()), version=PaintingRow.version + 1)
        )
        if not self._changed(statement):
            return None
        return self.find(identity), owner

    def beat(self, identity: str, owner: str) -> bool:
        """Renews the lease; whether the painting is to be cancelled. Raises LeaseLost."""
        return self._own(identity, owner, {})

    def tell(self, identity: str, owner: str, **values: Any) -> bool:
        """Keeps progress, a preview or a checkpoint, and renews the lease; whether it is to be cancelled. Raises LeaseLost."""
        return self._own(identity, owner, {**values, "version": PaintingRow.version + 1})

    def end(self, identity: str, owner: str, state: str, **values: Any) -> None:
        """The job is done, failed or cancelled. Raises LeaseLost."""
        ending = {"state": state, "finished": now(), "lease_owner": None, "lease_until": None, "checkpoint_key": None}
        self._own(identity, owner, {**ending, **values, "version": PaintingRow.version + 1}, renew=False)

    def release(self, identity: str, owner: str) -> None:
        """Gives an unfinished job back to the queue, as a worker does that is told to stop. Raises LeaseLost."""
        values = {"state": QUEUED, "lease_owner": None, "lease_until": None, "attempts": PaintingRow.attempts - 1, "sent": None}
        self._own(identity, owner, {**values, "version": PaintingRow.version + 1}, renew=False)

    def cancel(self, identity: str) -> PaintingRow:
        """Cancels a waiting job at once, and a running one after its step. Raises NotFound; Conflict where it has ended."""
        waiting = update(PaintingRow).where(PaintingRow.id == identity, PaintingRow.state == QUEUED)
        if not self._changed(waiting.values(state=CANCELLED, finished=now(), version=PaintingRow.version + 1)):
            running = update(PaintingRow).where(PaintingRow.id == identity, PaintingRow.state == RUNNING)
            if not self._changed(running.values(cancelling=True, version=PaintingRow.version + 1)):
                raise Conflict(f"the painting is {self.find(identity).state} already, so there is nothing to cancel")
        return self.find(identity)

    def remove(self, identity: str) -> PaintingRow:
        """Deletes the row, and returns it as it was. A worker that paints it notices. Raises NotFound."""
        row = self.find(identity)
        with self._database.begin() as session:
            session.execute(delete(UseRow).where(UseRow.painting_id == identity))
            session.execute(delete(PaintingRow).where(PaintingRow.id == identity))
        return row

    def disown(self, worker: str) -> None:
        """A worker's process is known to have ended: its leases run out at once."""
        held = PaintingRow.lease_owner.startswith(f"{worker}/", autoescape=True)
        self._changed(update(PaintingRow).where(held, PaintingRow.state == RUNNING).values(lease_until=now() - 1))
        self.sign_out(worker)

    def recover(self) -> list[str]:
        """Ends or frees the jobs whose lease ran out; ids of those that are to go into the queue again."""
        lost = and_(PaintingRow.state == RUNNING, PaintingRow.lease_until < now())
        fate = case(
            (PaintingRow.cancelling, CANCELLED),
            (PaintingRow.attempts >= MOST_ATTEMPTS, FAILED),
            else_=QUEUED,
        )
        ended = or_(PaintingRow.cancelling, PaintingRow.attempts >= MOST_ATTEMPTS)
        statement = (
            update(PaintingRow)
            .where(lost)
            .values(state=fate, lease_owner=None, lease_until=None, sent=None, version=PaintingRow.version + 1)
            .values(finished=case((ended, now()), else_=None))
            .values(error=case((and_(~PaintingRow.cancelling, PaintingRow.attempts >= MOST_ATTEMPTS), GIVEN_UP), else_=None))
            .returning(PaintingRow.id, PaintingRow.state)
        )
        with self._database.begin() as session:
            if session.scalar(select(PaintingRow.id).where(lost).limit(1)) is None:
                return []
            return [identity for identity, state in session.execute(statement) if state == QUEUED]

    def waiting(self, unsent: float) -> list[str]:
        """Ids of queued jobs that were last sent longer ago than `unsent` seconds, or never; oldest first."""
        query = select(PaintingRow.id).where(PaintingRow.state == QUEUED)
        query = query.where(or_(PaintingRow.sent.is_(None), PaintingRow.sent < now() - unsent)).order_by(PaintingRow.number)
        with self._database.read() as session:
            return list(session.scalars(query))

    def mark_sent(self, identities: Sequence[str]) -> None:
        """They went into the queue."""
        with self._database.begin() as session:
            session.execute(update(PaintingRow).where(PaintingRow.id.in_(identities)).values(sent=now()))

    def old(self, seconds: float) -> list[str]:
        """Ids of paintings that ended longer ago than that."""
        query = select(PaintingRow.id).where(PaintingRow.state.in_(ENDED), PaintingRow.finished < now() - seconds)
        with self._database.read() as session:
            return list(session.scalars(query))

    def sign_in(self, worker: str) -> None:
        """A worker's sign of life."""
        with self._database.begin() as session:
            if not session.execute(update(WorkerRow).where(WorkerRow.name == worker).values(seen=now())).rowcount:  # type: ignore[attr-defined]
                session.add(WorkerRow(name=worker, seen=now()))
            session.execute(delete(WorkerRow).where(WorkerRow.seen < now() - 3600))

    def sign_out(self, worker: str) -> None:
        """A worker has ended."""
        with self._database.begin() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.name == worker))

    def workers(self) -> int:
        """How many gave a sign of life within the time of a lease."""
        query = select(func.count()).select_from(WorkerRow).where(WorkerRow.seen >= now() - self._lease)
        with self._database.read() as session:
            return int(session.scalar(query) or 0)

    def _own(self, identity: str, owner: str, values: dict[str, Any], renew: bool = True) -> bool:
        lease = {"lease_until": now() + self._lease} if renew else {}
        mine = (PaintingRow.id == identity, PaintingRow.lease_owner == owner, PaintingRow.state == RUNNING)
        statement = update(PaintingRow).where(*mine).values(**lease, **values).returning(PaintingRow.cancelling)
        with self._database.begin() as session:
            found = session.execute(statement).first()
        if found is None:
            raise LeaseLost
        return bool(found[0])

    def _changed(self, statement: Any) -> bool:
        with self._database.begin() as session:
            return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]

    @staticmethod
    def _unfinished(session: Session) -> int:
        query = select(func.count()).select_from(PaintingRow).where(PaintingRow.state.in_((QUEUED, RUNNING)))
        return int(session.scalar(query) or 0)


def _free() -> ColumnElement[bool]:
    return or_(
        PaintingRow.state == QUEUED,
        and_(PaintingRow.state == RUNNING, PaintingRow.lease_until < now()),
    )
