"""A pool of encoded crops, so that the encoder's passes over photos and style images serve many steps.

Every place of the global batch is a lane with a pool of its own, and what is in it depends on (seed, lane, step) alone. So
N processes with B lanes each train on the very crops that one process with N B lanes would, and a resumed run on those of the
unbroken one.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from impasto.training.data import Pixels, as_batch, draw_crop
from impasto.training.nested import Tree, join, pick
from impasto.training.settings import CROPS, PHOTOS, STYLES, StylisationTraining
from impasto.training.stylisation import Batch, Stylisation

FIRST, EAGER = 4, 12
"""Rounds in the pool before the first step, and steps after it that each bring a new one."""

PHOTO_STREAM, STYLE_STREAM = 1, 2

Crops = list["Future[Tensor]"]


def rounds_by(step: int, fresh: int) -> int:
    """How many rounds have come into the pool when a step draws from it."""
    return FIRST + min(step, EAGER) + max(0, step // fresh - EAGER // fresh)


class Styles(Protocol):
    """Where styles come from."""

    def draw(self, key: Sequence[int], size: int) -> Tensor:
        """The style that `key` decides: an image, 3 x size x size, or whatever `encode` knows it by, C x h x w."""

    def encode(self, stylisation: Stylisation, drawn: Tensor) -> tuple[Tree, Tree]:
        """(what the network is told, the style representation) of N drawn styles, N x C x h x w on the device."""


@dataclass(frozen=True)
class StyleCrops:
    """Crops of many style images: arbitrary styles. pictures: H x W x 3 uint8."""

    pictures: Sequence[Pixels]

    def draw(self, key: Sequence[int], size: int) -> Tensor:
        return draw_crop(self.pictures, size, key, STYLES)

    def encode(self, stylisation: Stylisation, drawn: Tensor) -> tuple[Tree, Tree]:
        sight = stylisation.look(drawn)
        return sight.told(), sight.style()


@dataclass
class GivenStyles:
    """A few style images, each seen whole and always the same. pictures: H x W x 3 uint8.

    A style goes by its number; what a network is told of it has, beside its own, `number`: 1 x K, one at the style's place.
    """

    pictures: Sequence[Pixels]
    _encoded: dict[int, tuple[Tree, Tree]] = field(default_factory=dict)

    def draw(self, key: Sequence[int], size: int) -> Tensor:
        return torch.full((1, 1, 1), float(np.random.default_rng(key).integers(len(self.pictures))))

    def encode(self, stylisation: Stylisation, drawn: Tensor) -> tuple[Tree, Tree]:
        styles = [self._style(stylisation, round(number), drawn.device) for number in drawn.flatten().tolist()]
        return join([told for told, _ in styles]), join([representation for _, representation in styles])

    def _style(self, stylisation: Stylisation, number: int, device: torch.device) -> tuple[Tree, Tree]:
        if number not in self._encoded:
            sight = stylisation.look(as_batch(self.pictures[number]).to(device))
            self._encoded[number] = {**sight.told(), **self.told(number, device)}, sight.style()
        return self._encoded[number]

    def told(self, number: int, device: torch.device) -> dict[str, Tensor]:
        """What is told of a style because it is one of these."""
        return {"number": torch.eye(len(self.pictures), device=device)[number : number + 1]}


class Pool:
    """The lanes of one process. lanes: their numbers in the global batch. workers: threads that cut crops ahead; 0 for none."""

    def __init__(
        self,
        photos: Sequence[Pixels],
        styles: Styles,
        stylisation: Stylisation,
        settings: StylisationTraining,
        lanes: Sequence[int],
        device: torch.device,
        workers: int = 0,
    ) -> None:
        self.photos, self.styles, self.stylisation, self.settings = photos, styles, stylisation, settings
        self.lanes, self.device = lanes, device
        self.rounds: deque[Batch] = deque(maxlen=settings.pool)
        self.number = 0
        self._cutters = ThreadPoolExecutor(workers) if workers else None
        self._ahead: dict[int, tuple[Crops, Crops]] = {}

    def draw(self, step: int) -> Batch:
        """The batch of a step: for every lane a photo and a style, each from some round of its pool."""
        wanted = rounds_by(step, self.settings.fresh)
        # A run that begins here, or goes on here, needs no more than fit into the pool.
        self.number = max(self.number, wanted - self.settings.pool)
        while self.number < wanted:
            self.rounds.append(self._encode(self.number))
            self.number += 1
        chosen = []
        for place, lane in enumerate(self.lanes):
            rng = np.random.default_rng([self.settings.seed, CROPS, lane, step])
            photo, style = (self.rounds[index] for index in rng.integers(len(self.rounds), size=2))
            chosen.append((place, photo, style))
        return assembled(chosen)

    def _encode(self, number: int) -> Batch:
        """One new round: a photo and a style for every lane."""
        photos, styles = self._cut(number)
        photo = self.stylisation.look(photos)
        told, representation = self.styles.encode(self.stylisation, styles)
        return Batch(photos, photo.content(), photo.told(), photo.style(), told, representation)

    def _keys(self, stream: int, number: int) -> list[list[int]]:
        return [[self.settings.seed, stream, lane, number] for lane in self.lanes]

    def _cut(self, number: int) -> tuple[Tensor, Tensor]:
        """The crops of a round, N x 3 x size x size each, on the device; those of the next are begun."""
        size = self.settings.size
        keys = self._keys(PHOTO_STREAM, number), self._keys(STYLE_STREAM, number)
        if self._cutters is None:
            sides = [[self._photo(key) for key in keys[0]], [self.styles.draw(key, size) for key in keys[1]]]
        else:
            for ahead in (number, number + 1):
                if ahead not in self._ahead:
                    self._ahead[ahead] = self._begin(self._cutters, ahead)
            sides = [[future.result() for future in side] for side in self._ahead.pop(number)]
        photos, styles = (torch.stack(side).to(self.device, memory_format=torch.channels_last) for side in sides)
        return photos, styles

    def _begin(self, cutters: ThreadPoolExecutor, number: int) -> tuple[Crops, Crops]:
        photos = [cutters.submit(self._photo, key) for key in self._keys(PHOTO_STREAM, number)]
        styles = [cutters.submit(self.styles.draw, key, self.settings.size) for key in self._keys(STYLE_STREAM, number)]
        return photos, styles

    def _photo(self, key: Sequence[int]) -> Tensor:
        return draw_crop(self.photos, self.settings.size, key, PHOTOS)


def assembled(chosen: Sequence[tuple[int, Batch, Batch]]) -> Batch:
    """One batch of (place in the round, round of its photo, round of its style) for every picture."""

    def photos(name: str) -> Tree:
        return join([pick(getattr(photo, name), place) for place, photo, _ in chosen])

    def styles(name: str) -> Tree:
        return join([pick(getattr(style, name), place) for place, _, style in chosen])

    photo = photos("photo").contiguous(memory_format=torch.channels_last)
    seen = photos("content"), photos("photo_told"), photos("photo_style")
    return Batch(photo, *seen, styles("style_told"), styles("style"))
