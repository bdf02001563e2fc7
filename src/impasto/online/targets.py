"""From style images to the style targets of one level: sizes, further views, masks, regions, strength. No loop lives here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.errors import InputError
from impasto.objective import Objective, StyleTarget


@dataclass(frozen=True)
class Style:
    """A style image and what it counts for.

    image: 1 x 3 x H x W at its full size; scale: its size relative to the result. mask: 1 x 1 x h x w, the part of it that
    counts; region: 1 x 1 x h x w, where in the pastiche it is wanted; both in [0, 1], of any size, everything when None.
    Raises InputError for a mask or a region in which nothing is marked.
    """

    image: Tensor
    share: float = 1.0
    scale: float = 1.0
    mask: Tensor | None = None
    region: Tensor | None = None

    def __post_init__(self) -> None:
        for name, marked in (("mask of a style", self.mask), ("region of a style", self.region)):
            if marked is not None and not bool(marked.max() > 0):
                raise InputError(f"the {name} is all black, so nothing of it counts; mark a part of it white, or leave it out")


@dataclass(frozen=True)
class Views:
    """What is looked at of a style image besides itself: turned by degrees, and scaled by factors."""

    rotations: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()

    def of(self, style: Style, longer: int, least: int) -> list[tuple[Tensor, Tensor | None]]:
        """(image, mask) of each view, for a pastiche with a longer side of `longer`; no side falls below `least` pixels."""
        found = []
        for factor in (1.0, *self.scales):
            size = fit_within(style.image, round(longer * style.scale * factor), least)
            image = resize(style.image, *size).contiguous(memory_format=torch.channels_last)
            found.append((image, None if style.mask is None else resize_mask(style.mask, *size)))
        image, mask = found[0]
        return found + [(rotated(image, angle), None if mask is None else rotated(mask, angle)) for angle in self.rotations]


def resize(image: Tensor, height: int, width: int) -> Tensor:
    """N x 3 x H x W -> N x 3 x height x width, bicubic, antialiased, within [0, 1]."""
    if image.shape[-2:] == (height, width):
        return image
    return F.interpolate(image, (height, width), mode="bicubic", antialias=True, align_corners=False).clamp(0, 1)


def resize_mask(mask: Tensor, height: int, width: int) -> Tensor:
    """1 x 1 x H x W -> 1 x 1 x height x width, bilinear, antialiased: what is marked, however small, does not vanish."""
    if mask.shape[-2:] == (height, width):
        return mask
    return F.interpolate(mask.float(), (height, width), mode="bilinear", antialias=True, align_corners=False)


def fit_within(image: Tensor, longer: int, least: int) -> tuple[int, int]:
    """(height, width) of the picture at a longer side of `longer`, or more where the shorter would fall below `least`."""
    height, width = image.shape[-2:]
    scale = max(longer / max(height, width), least / min(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def rotated(image: Tensor, degrees: float) -> Tensor:
    """The picture turned about its middle, N x C x H x W, the corners filled by reflection."""
    angle = math.radians(degrees)
    height, width = image.shape[-2:]
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = image.new_tensor([[cosine, -sine * height / width, 0], [sine * width / height, cosine, 0]])
    grid = F.affine_grid(turn.expand(len(image), 2, 3), list(image.shape), align_corners=False)
    return F.grid_sample(image, grid, padding_mode="reflection", align_corners=False)


def places(styles: Sequence[Style], height: int, width: int) -> list[tuple[Tensor | None, float]]:
    """Where each style is wanted in a pastiche of that size, and how much it counts: (mask or None, share).

    Where regions overlap the styles share the place by their shares; where none is marked no style is wanted. A style counts by
    the area that falls to it, so that every place feels the same pull, whatever the sizes of the regions.
    """
    if all(style.region is None for style in styles):
        return [(None, style.share) for style in styles]
    whole = torch.ones(1, 1, height, width, device=styles[0].image.device)
    regions = [whole if style.region is None else resize_mask(style.region, height, width) for style in styles]
    wanted = torch.stack(regions).sum(0).clamp_max(1)
    claims = [style.share * region for style, region in zip(styles, regions, strict=True)]
    total = torch.stack(claims).sum(0)
    masks = [wanted * claim / total.clamp_min(torch.finfo(claim.dtype).tiny) for claim in claims]
    everything = sum(style.share for style in styles)
    return [(mask, everything * float(mask.mean())) for mask in masks]


def style_targets(
    objective: Objective, styles: Sequence[Style], content: Tensor | None, size: tuple[int, int], strength: float, views: Views
) -> list[StyleTarget]:
    """The targets of a level.

    size: (height, width) of the pastiche there. content: the photo at that size; only a strength below 1 needs it.
    strength: how far the target lies on the way from the photo's own representation (0) to the style's (1).
    """
    texture, least, found = objective.texture, objective.encoder.descriptor.min_size, []
    wanted = [(style, mask, share) for style, (mask, share) in zip(styles, places(styles, *size), strict=True) if share > 0]
    for style, mask, share in wanted:
        seen = views.of(style, max(size), least)
        target, repeated = (
            texture.merge([objective.represent_style(*view) for view in seen]),
            objective.represent_spectrum(seen[0][0]),
        )
        if strength < 1 and content is not None and not texture.pools:
            target = texture.blend([objective.represent_style(content, mask), target], (1 - strength, strength))
        found.append(StyleTarget(target, mask, share * strength if texture.pools else share, repeated))
    if strength < 1 and content is not None and texture.pools:
        masks = [mask for _, mask, _ in wanted if mask is not None]
        mask = torch.stack(masks).sum(0) if masks else None
        own = objective.represent_style(content, mask)
        found.append(StyleTarget(own, mask, (1 - strength) * sum(share for _, _, share in wanted)))
    return found
