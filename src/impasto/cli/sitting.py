"""One picture painted from start to end: checkpoints on the way, what is kept when it is interrupted, what is written.

Which pictures there are is decided in `paint` and `folder`; how one is painted, in `impasto.painter`.
"""

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from impasto import images
from impasto.cli.interruption import Interrupted, Interruption
from impasto.cli.preview import Preview
from impasto.cli.progress import Progress, clock
from impasto.errors import OutputError
from impasto.images import Picture
from impasto.images.paths import shown
from impasto.online.regions import MaskPair
from impasto.online.settings import Settings, make_settings
from impasto.painting import Painting, Style, describe, pictures, recolour

if TYPE_CHECKING:
    from impasto.online.optimisation import Step
    from impasto.painter import Canvas

CHECKPOINT_SECONDS = 30.0
CHECKPOINT_SHARE = 0.05
"""Checkpoints may take no more of the time than this: those of a huge painting come less often."""


@dataclass(frozen=True)
class Order:
    """What to paint with and what to write, all of it checked. given: the settings that are not defaults."""

    given: Mapping[str, Any]
    styles: tuple[Style, ...]
    masks: tuple[MaskPair, ...] = ()
    bits: Literal[8, 16] = 8
    quality: int = 95
    preview: Path | None = None
    save_every: int | None = None
    resume: bool = False
    overwrite: bool = False
    quiet: bool = False

    @property
    def settings(self) -> Settings:
        return make_settings(self.given)


def checkpoint_path(output: Path) -> Path:
    """Where a painting's checkpoint lies: `painting.png.resume`."""
    return output.with_name(f"{output.name}.resume")


def partial_path(output: Path) -> Path:
    """Where an interrupted painting's picture lies: `painting.partial.png`."""
    return output.with_name(f"{output.stem}.partial{output.suffix}")


def numbered_path(output: Path, step: int) -> Path:
    """Where `--save-every` keeps the picture of a step: `painting-000050.png`."""
    return output.with_name(f"{output.stem}-{step:06}{output.suffix}")


def check_output(order: Order, photo: Picture, output: Path) -> None:
    """Raises OutputError unless the painting of this photo can be written, and would replace none of its inputs."""
    images.check_output(output, size=images.fit(photo.size, order.settings.size), bits=order.bits, quality=order.quality)
    masks = [mask.path for pair in order.masks for mask in pair if mask is not None]
    for path in (photo.path, *(style.path for style in order.styles if isinstance(style, Picture)), *masks):
        if path is not None and output.exists() and output.samefile(path):
            raise OutputError(f"the output {shown(output)} would replace a picture that is painted from; choose another name")


def get_ready(order: Order, progress: Progress) -> None:
    """Loads PyTorch and the encoder, and checks against them what is the same for every photo. Raises ImpastoError.

    Recolouring alone needs neither, and the fast method another network.
    """
    settings = order.settings
    if settings.color == "only":
        return
    if settings.method == "fast":
        from impasto.runtime.fast import shipped

        progress.say("loading the network")
        shipped()
        return
    progress.say("loading PyTorch")
    from impasto import painter, texture
    from impasto.online.preparation import check_sizes, resolve

    model = texture.create(settings.texture)
    progress.say("loading the encoder")
    descriptor = painter.encoder_of(settings).descriptor
    resolve(settings, descriptor, model)
    check_sizes(descriptor, (descriptor.min_size, descriptor.min_size), pictures(order.styles), settings)


class Sitting:
    """One photo being painted into `output`. stop: listens for Ctrl-C. label: how the photo is called on the screen."""

    def __init__(self, order: Order, photo: Picture, output: Path, stop: Interruption, label: str) -> None:
        self.order, self.photo, self.output, self.stop = order, photo, output, stop
        self.size = images.fit(photo.size, order.settings.size)
        self.progress = Progress(label, quiet=order.quiet)
        self.preview = Preview(order.preview, photo) if order.preview else None
        self.checkpoint = checkpoint_path(output)
        self.kept: int | None = None
        self.next_checkpoint = 0.0
        self.painting: dict[str, Any] = {}

    def paint(self) -> None:
        """Paints and writes everything asked for. Raises ImpastoError, and Interrupted with what was kept."""
        started = time.monotonic()
        try:
            with self.progress:
                for note in self.photo.notes:
                    self.progress.note(f"{shown(self.photo.path or '')}: {note}")
                get_ready(self.order, self.progress)
                self.progress.say("looking at the pictures")
                painting = self._run()
                self.stop.working = True
                with self.stop.held():
                    self.progress.say("writing")
                    self._write(painting)
        except Interrupted:
            raise
        except KeyboardInterrupt:
            raise Interrupted(self._interrupted_at_once()) from None
        finally:
            self.stop.working = False
        if not self.order.quiet:
            width, height = painting.size
            taken = clock(time.monotonic() - started)
            print(f"painted {shown(self.output)}, {width} x {height} pixels, in {taken}", flush=True)

    def _run(self) -> Painting:
        settings, styles, masks = self.order.settings, self.order.styles, self.order.masks
        if settings.color == "only":
            return recolour(settings, self.photo, pictures(styles), masks)
        if settings.method == "fast":
            from impasto.fast import paint_fast

            return paint_fast(settings, self.photo, styles, masks)
        from impasto import painter
        from impasto.device import choose_device
        from impasto.online import checkpoint

        self.painting = describe(settings, self.photo, styles, self.size, masks)
        state = None
        if self.checkpoint.is_file():
            if self.order.resume:
                state, extras = checkpoint.load(self.checkpoint, self.painting, choose_device(settings.device))
                self.kept = extras["step"]
                if self.preview is not None:
                    self.preview.restore(extras["preview"])
            else:
                self.progress.note(f"beginning anew; with --resume it would have gone on from {shown(self.checkpoint)}")
        self.next_checkpoint = time.monotonic() + CHECKPOINT_SECONDS
        paint = painter.Painter(**self.order.given).paint
        return paint(self.photo, styles, masks=masks, callback=self._after, resume=state)

    def _after(self, step: "Step", canvas: "Canvas") -> None:
        """What happens after each step."""
        self.stop.working = True
        self.progress.show(step, canvas.work.levels)
        if self.preview is not None:
            self.preview.see(step, canvas)
        if self.order.save_every and step.step % self.order.save_every == 0:
            with self.stop.held():
                images.write(self._so_far(canvas), numbered_path(self.output, step.step), quality=self.order.quality)
        if canvas.work.finished:
            return
        if self.stop.requested:
            self._leave(step, canvas)
        if time.monotonic() >= self.next_checkpoint:
            self._keep_on_the_way(step, canvas)

    def _leave(self, step: "Step", canvas: "Canvas") -> None:
        """Keeps the painting so far and what `--resume` needs, and says so by raising Interrupted."""
        where = f"interrupted after step {step.step} of {step.total}"
        partial = partial_path(self.output)
        try:
            with self.stop.held():
                self._keep(step, canvas)
                images.write(self._so_far(canvas), partial, quality=self.order.quality)
        except OutputError as error:
            raise Interrupted(f"{where}, but not everything could be kept: {error}") from error
        raise Interrupted(f"{where}; the painting so far is {shown(partial)}; the same command with --resume goes on")

    def _keep_on_the_way(self, step: "Step", canvas: "Canvas") -> None:
        """A checkpoint in case of the worst. That it cannot be written is no reason to stop."""
        began = time.monotonic()
        try:
            with self.stop.held():
                self._keep(step, canvas)
        except OutputError as error:
            self.progress.note(f"painting on without a checkpoint: {error}")
        now = time.monotonic()
        self.next_checkpoint = now + max(CHECKPOINT_SECONDS, (now - began) / CHECKPOINT_SHARE)

    def _keep(self, step: "Step", canvas: "Canvas") -> None:
        from impasto.online import checkpoint

        stages = self.preview.state() if self.preview is not None else []
        checkpoint.save(self.checkpoint, canvas.state(), self.painting, {"step": step.step, "preview": stages})
        self.kept = step.step

    def _so_far(self, canvas: "Canvas") -> Picture:
        """The painting so far as the finished one will be: at its size, with the photo's alpha."""
        picture = canvas.picture().resized(*self.size)
        alpha = None if self.photo.alpha is None else self.photo.as_bits(8).resized(*self.size).alpha
        return replace(picture, alpha=alpha)

    def _write(self, painting: Painting) -> None:
        order = self.order
        picture = painting.picture(order.bits)
        images.write(picture, self.output, settings=dict(painting.settings), bits=order.bits, quality=order.quality)
        for leftover in (partial_path(self.output), self.checkpoint):
            # Gone already, or not to be removed: the painting is there, and that is what counts.
            with contextlib.suppress(OSError):
                leftover.unlink()
        if self.preview is not None:
            self.preview.write(picture)

    def _interrupted_at_once(self) -> str:
        if self.kept is None:
            return "interrupted, and nothing was kept"
        return f"interrupted at once; the same command with --resume goes on from step {self.kept}"
