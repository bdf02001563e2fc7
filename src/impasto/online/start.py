"""The picture that an optimisation starts from."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from impasto import images
from impasto.errors import InputError
from impasto.images.picture import FloatPixels
from impasto.online.one_pass import paint_regions
from impasto.online.regions import Region, covered, recolour_photo
from impasto.online.settings import INITS, Settings
from impasto.tensors import to_tensor

NOISE = 0.15
"""Standard deviation of the noise to begin with."""
GROUND = 1024
"""Pixels of the longer side at which the fast method paints a start; an optimisation begins with smaller ones."""


def starting_picture(
    settings: Settings, photo: FloatPixels | None, regions: Sequence[Region], smallest: tuple[int, int]
) -> Tensor:
    """1 x 3 x H x W on the CPU, as `settings.init` says.

    `fast`: what the fast method paints; `match`: the photo in the styles' colours, or noise in them where there is no photo;
    `content`, `grey`, `noise`, or a file.
    photo: H x W x 3 at the painting's size. smallest: (width, height) of the first level, at which noise is drawn, so that it
    is not averaged away. Raises InputError for a name that is neither known nor a file.
    """
    assert settings.init is not None, "resolve the settings first"
    if settings.init == "match":
        ground = noise(settings.seed, smallest) if photo is None else photo
        return as_tensor(recolour_photo(ground, regions, settings.strength))
    if settings.init in ("content", "fast"):
        if photo is None:
            needs = f"--init {settings.init} needs a photo, and a texture has none"
            raise InputError(f"{needs}; choose match, noise, grey or a picture")
        return as_tensor(photo if settings.init == "content" else fast_pastiche(photo, regions, settings))
    if settings.init == "grey":
        return torch.full((1, 3, *reversed(smallest)), 0.5)
    if settings.init == "noise":
        return as_tensor(noise(settings.seed, smallest))
    if not Path(settings.init).exists():
        raise InputError(f"--init is '{settings.init}', which is no file; choose one of {', '.join(INITS)}, or name a picture")
    return to_tensor(images.read(settings.init))


def fast_pastiche(photo: FloatPixels, regions: Sequence[Region], settings: Settings) -> FloatPixels:
    """What the fast method paints, H x W x 3; the photo where no region is."""
    ground, painted_part = images.Picture.from_array(photo), covered(regions)
    # Masks are of the painting's size.
    if max(ground.size) > GROUND and all(region.where is None for region in regions):
        ground = ground.resized(*images.fit(ground.size, GROUND))
    painted = paint_regions(ground, regions, settings)
    if painted.shape != photo.shape:
        painted = images.as_float(images.Picture.from_array(painted).resized(photo.shape[1], photo.shape[0]))
    return painted if painted_part is None else photo + painted_part[..., None] * (painted - photo)


def noise(seed: int, size: tuple[int, int]) -> FloatPixels:
    """H x W x 3 of grey with noise, in [0, 1]. size: (width, height)."""
    # Drawn on the CPU, so that a seed means the same picture on every device.
    drawn = torch.randn((1, 3, *reversed(size)), generator=torch.Generator().manual_seed(seed))
    return (0.5 + NOISE * drawn).clamp(0, 1)[0].permute(1, 2, 0).numpy()


def as_tensor(array: FloatPixels) -> Tensor:
    """H x W x 3 -> 1 x 3 x H x W, channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(array)).permute(2, 0, 1)[None]
