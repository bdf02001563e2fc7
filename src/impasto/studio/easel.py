"""One job painted from claim to end: what is loaded, when a checkpoint is made, what becomes of it. Progress is in `notes`."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.errors import ImpastoError, InputError
from impasto.images import Picture, fit
from impasto.images.masks import Mask, read_mask
from impasto.painting import describe
from impasto.studio import storage
from impasto.studio.clock import now
from impasto.studio.desk import Desk
from impasto.studio.gallery import keep_files, named
from impasto.studio.jobs import CANCELLED, DONE, FAILED, LeaseLost
from impasto.studio.lease import Cancelled, Lease, Stopped
from impasto.studio.models import PaintingRow
from impasto.studio.notes import Notes, work_folder
from impasto.studio.orders import Order, plain

if TYPE_CHECKING:
    from impasto.online.optimisation import Step
    from impasto.painter import Canvas
    from impasto.reconstruction import Moment

LOG = logging.getLogger("impasto.studio")
FULL = "the studio's disc is full: free some space or delete paintings, then paint it again"
PANEL_STEPS = 80
"""Of a panel of a reconstruction, at most: the eye sees little of what more of them bring, and someone is waiting."""
OUR_FAULT = "something went wrong in the studio; its log says what"


def perform(desk: Desk, row: PaintingRow, lease: Lease) -> None:
    """Paints the job and says in its row what came of it. Raises nothing that the next job would have to know of."""
    job = Job(desk, row, lease)
    try:
        job.paint()
    except LeaseLost:
        LOG.info("painting %s is another worker's, or was deleted", row.id)
        job.abandon()
    except Stopped:
        desk.jobs.release(row.id, lease.owner)
    except Cancelled:
        job.end(CANCELLED)
    except MemoryError as error:
        job.end(FAILED, str(error) or "there is not enough memory for it: try a smaller size")
    except Exception as error:
        job.end(FAILED, reason(error))


def reason(error: Exception) -> str:
    """Why a painting failed, in one line."""
    if storage.is_full(error):
        return FULL
    if isinstance(error, ImpastoError):
        return plain(" ".join(str(error).split()))
    LOG.error("a painting failed", exc_info=error)
    return OUR_FAULT


class Job:
    """A claimed job."""

    def __init__(self, desk: Desk, row: PaintingRow, lease: Lease) -> None:
        self._desk, self._row, self._lease = desk, row, lease
        self._order = Order.from_dict(row.order)
        self._notes = Notes(desk, lease, row.preview_key, row.checkpoint_key)
        self._painting: dict[str, Any] = {}

    def paint(self) -> None:
        """Raises LeaseLost, Stopped, Cancelled, and whatever goes wrong."""
        with work_folder(self._desk) as folder:
            self._folder = Path(folder)
            if self._order.kind == "reconstruction":
                picture, settings = self._reconstruct()
            else:
                picture, settings = self._optimise()
        values = keep_files(self._desk, picture, settings)
        try:
            self.end(DONE, None, **values)
        except LeaseLost:
            self._desk.storage.remove(values["picture_key"], values["thumbnail_key"])
            raise

    def end(self, state: str, error: str | None = None, **values: Any) -> None:
        """Says what came of it. Raises LeaseLost."""
        if state == DONE:
            values["preview_key"] = None
        seconds = now() - PaintingRow.started
        self._desk.jobs.end(self._row.id, self._lease.owner, state, error=error, seconds=seconds, **values)
        if state == DONE:
            self._notes.clear()
        else:
            self._notes.clear_checkpoint()

    def abandon(self) -> None:
        """Another has the job; where the row is gone, so are its files to be."""
        if not self._desk.jobs.versions([self._row.id]):
            self._notes.clear()

    def _optimise(self) -> tuple[Picture, dict[str, Any]]:
        from impasto.device import choose_device
        from impasto.online import checkpoint
        from impasto.painter import Painter

        order, settings = self._order, self._order.painting_settings()
        assert order.content is not None
        photo = self._read(order.content)
        styles = [self._read(style.picture) for style in order.styles]
        masks = [(self._mask(pair.content), self._mask(pair.style)) for pair in order.masks]
        self._painting = describe(settings, photo, styles, fit(photo.size, settings.size), masks)
        state = None
        if self._row.checkpoint_key is not None:
            path = self._folder / "checkpoint"
            try:
                self._desk.storage.fetch(self._row.checkpoint_key, path)
                state, _ = checkpoint.load(path, self._painting, choose_device(settings.device))
            except InputError as error:  # of another version, or damaged: the painting begins anew
                LOG.warning("painting %s begins anew: %s", self._row.id, error)
        self._lease.check()
        painting = Painter(**order.settings).paint(photo, styles, masks=masks, callback=self._after, resume=state)
        return painting.picture(), dict(painting.settings) | named(order)

    def _after(self, step: "Step", canvas: "Canvas") -> None:
        """What happens after each step."""
        self._notes.after(step, canvas.work.levels, canvas.picture)
        last = step.step == step.total
        if self._lease.stopping and not last:
            self._keep(step, canvas)
            raise Stopped
        if self._notes.checkpoint_due and not last:
            with self._notes.keeping():
                self._keep(step, canvas)

    def _keep(self, step: "Step", canvas: "Canvas") -> None:
        from impasto.online import checkpoint

        path = self._folder / "painting.resume"
        checkpoint.save(path, canvas.state(), self._painting, {"step": step.step})
        self._notes.keep(path)

    def _reconstruct(self) -> tuple[Picture, dict[str, Any]]:
        from impasto.figures import figure
        from impasto.reconstruction import reconstruct

        settings = self._order.settings
        image = self._read(self._order.content or self._order.styles[0].picture)
        chosen = {"size": settings["size"], "texture": settings["texture"]}
        found = reconstruct(image, **chosen, iterations=PANEL_STEPS, callback=self._moment)
        return figure(found), dict(found.settings)

    def _moment(self, moment: "Moment") -> None:
        """What happens after each step of a reconstruction. It is short, so a worker that ends leaves it to be begun anew."""
        if self._lease.stopping:
            raise Stopped
        self._notes.moment(moment)

    def _read(self, identity: str) -> Picture:
        return self._desk.pictures.read(self._desk.pictures.find(identity))

    def _mask(self, identity: str | None) -> Mask | None:
        return None if identity is None else read_mask(self._read(identity))
