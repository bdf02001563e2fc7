"""What a worker leaves on the way: progress, previews and checkpoints, each no more often than it is worth."""

import contextlib
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.images import Picture
from impasto.online.pyramid import done_share
from impasto.studio import codec
from impasto.studio.desk import Desk
from impasto.studio.gallery import PREVIEW
from impasto.studio.lease import Lease

if TYPE_CHECKING:
    from impasto.online.optimisation import Step
    from impasto.online.pyramid import Level
    from impasto.reconstruction import Moment

PROGRESS_SECONDS, PREVIEW_SECONDS = 0.25, 0.5
SHARE = 0.06
"""Previews and checkpoints may take no more of the time than this each: those of a large painting come less often."""

PREVIEW_QUALITY = 80


class Pace:
    """Says when something is due again. seconds: at least between two times."""

    def __init__(self, seconds: float, at_once: bool = False) -> None:
        self._seconds = seconds
        self._next = 0.0 if at_once else time.monotonic() + seconds

    @property
    def due(self) -> bool:
        """Whether it is time."""
        return time.monotonic() >= self._next

    @contextlib.contextmanager
    def taken(self) -> Any:
        """Around the work itself, whose time decides when it is due again."""
        began = time.monotonic()
        yield
        ended = time.monotonic()
        self._next = max(began + self._seconds, ended + (ended - began) / SHARE)


class Notes:
    """The notes of one job. They are kept under new keys, and the row says which count."""

    def __init__(self, desk: Desk, lease: Lease, preview: str | None = None, kept: str | None = None) -> None:
        self._desk, self._lease = desk, lease
        self._preview, self._checkpoint = preview, kept
        self._shown, self._kept = Pace(PREVIEW_SECONDS, at_once=True), Pace(desk.config.checkpoint)
        self._told = 0.0
        self._first: tuple[float, float] | None = None

    def after(self, step: "Step", levels: "Sequence[Level]", picture: Any) -> None:
        """After a step. picture: a function that gives the painting so far. Raises LeaseLost, Cancelled, Full."""
        self._lease.check()
        preview_due = self._shown.due
        if not preview_due and time.monotonic() - self._told < PROGRESS_SECONDS and step.step < step.total:
            return
        share = done_share(step, levels)
        progress = {"level": step.level, "levels": step.levels, "step": step.step, "steps": step.total}
        values: dict[str, Any] = {"progress": {**progress, "loss": step.loss, "seconds_left": self._left(share)}}
        self._told = time.monotonic()
        if preview_due:
            self._show(step.step, picture(), values)
        else:
            self._lease.tell(**values)

    def moment(self, moment: "Moment") -> None:
        """After a step of a reconstruction, whose panels count as levels. Raises LeaseLost, Cancelled."""
        self._lease.check()
        if time.monotonic() - self._told < PROGRESS_SECONDS:
            return
        self._told = time.monotonic()
        percent = round(100 * (moment.panel - 1 + moment.share) / moment.panels)
        progress = {"level": moment.panel, "levels": moment.panels, "step": percent, "steps": 100}
        self._lease.tell(progress={**progress, "loss": moment.loss, "seconds_left": self._left(percent / 100)})

    def _show(self, number: int, picture: Picture, values: dict[str, Any]) -> None:
        with self._shown.taken():
            key = self._desk.storage.put("paintings", codec.webp(picture, PREVIEW, PREVIEW_QUALITY), ".webp")
            self._preview = self._swap(self._preview, key, {**values, "preview_key": key, "preview_step": number})

    def keep(self, path: Path) -> None:
        """Puts a checkpoint's file into the storage. Raises LeaseLost, Cancelled, Full."""
        key = self._desk.storage.take("checkpoints", path)
        self._checkpoint = self._swap(self._checkpoint, key, {"checkpoint_key": key})

    @property
    def checkpoint_due(self) -> bool:
        """Whether a checkpoint is worth its time."""
        return self._kept.due

    def keeping(self) -> Any:
        """Around the making of a checkpoint."""
        return self._kept.taken()

    def clear(self) -> None:
        """Removes what the job does not need any more."""
        self._desk.storage.remove(self._preview, self._checkpoint)

    def clear_checkpoint(self) -> None:
        """Removes the checkpoint; what is to be seen stays."""
        self._desk.storage.remove(self._checkpoint)

    def _swap(self, old: str | None, new: str, values: dict[str, Any]) -> str | None:
        """The new file counts from the moment that the row says so; the other one is removed."""
        try:
            taken = self._lease.tell(**values)
        except Exception:
            self._desk.storage.remove(new)
            raise
        self._desk.storage.remove(old if taken else new)
        return new if taken else old

    def _left(self, share: float) -> float | None:
        moment = time.monotonic()
        self._first = self._first or (share, moment)
        first_share, began = self._first
        if share <= first_share:
            return None
        return round((moment - began) / (share - first_share) * (1 - share), 1)


def work_folder(desk: Desk) -> tempfile.TemporaryDirectory[str]:
    """A folder for files in the making, beside the storage, so that a finished one need only be renamed."""
    return tempfile.TemporaryDirectory(prefix="work-", dir=desk.config.folder)
