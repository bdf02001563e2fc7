"""`--preview`: the stages of a painting, kept small on the way, and at the end a contact sheet or an animation of them."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto import images
from impasto.images import Picture

if TYPE_CHECKING:
    from impasto.online.optimisation import Step
    from impasto.painter import Canvas

FRAMES, STAGES = 32, 11
FRAME_SIDE, CELL = 640, 256
SECONDS_PER_FRAME = 0.12
HELD_FRAMES = 12
"""Copies of the last frame: an animation has one duration for all, and WebP stores equal frames once."""


class Preview:
    """Collects stages of one painting. path: .webp for an animation, any other writable format for a contact sheet.

    label: how the sheet calls the picture that was begun from, `photo`.
    """

    def __init__(self, path: Path, photo: Picture, label: str = "photo") -> None:
        self.path, self.label = path, label
        self.animated = path.suffix.lower() == ".webp"
        self.longest = FRAME_SIDE if self.animated else CELL
        self.photo = self._small(photo)
        self.stages: dict[int, tuple[Picture, tuple[int, int]]] = {}

    def see(self, step: "Step", canvas: "Canvas") -> None:
        """Keeps the painting after this step where the plan asks for it."""
        if step.step in schedule(step.total, FRAMES if self.animated else STAGES):
            picture = canvas.picture()
            self.stages[step.step] = self._small(picture), picture.size

    def write(self, painting: Picture) -> None:
        """Writes the preview, `painting` being its last picture."""
        last = self._small(painting)
        if self.animated:
            frames = [stage.resized(*last.size) for stage, _ in self.stages.values()]
            images.animate([*frames, *[last] * HELD_FRAMES], self.path, seconds_per_frame=SECONDS_PER_FRAME)
            return
        labels = [f"step {step}, {width} x {height}" for step, (_, (width, height)) in self.stages.items()]
        pictures = [self.photo, *(stage for stage, _ in self.stages.values()), last]
        sheet = images.contact_sheet(
            pictures, [self.label, *labels, f"finished, {painting.width} x {painting.height}"], cell=CELL
        )
        images.write(sheet, self.path)

    def state(self) -> list[Any]:
        """What was kept so far, for a checkpoint: step, H x W x 3 uint8 tensor, and the size painted at, of each stage."""
        import torch

        return [[step, torch.from_numpy(stage.pixels), size] for step, (stage, size) in self.stages.items()]

    def restore(self, state: Sequence[Any]) -> None:
        """Takes what `state` gave, perhaps of a preview of the other kind."""
        self.stages = {step: (self._small(Picture(pixels.cpu().numpy())), tuple(size)) for step, pixels, size in state}

    def _small(self, picture: Picture) -> Picture:
        size = images.fit(picture.size, min(self.longest, max(picture.size)))
        return Picture(picture.resized(*size).as_bits(8).pixels)


@cache
def schedule(total: int, count: int) -> set[int]:
    """Up to `count` - 1 of the steps 1 to `total`: denser at first, and without the last, which is the result."""
    return {max(1, round(total * (number / count) ** 1.5)) for number in range(1, count)} - {total}
