"""Which style goes where, and how much it counts: styles, weights and masks brought together and checked. NumPy only.

Each region of the photo is painted from a part of one style image (Gatys et al., "Controlling Perceptual Factors in Neural
Style Transfer", arXiv 1611.07865, section 4). Without masks every style is wanted everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from impasto.errors import InputError
from impasto.images.colour import match_colours
from impasto.images.masks import Mask
from impasto.images.paths import shown
from impasto.images.picture import FloatPixels, Picture, as_float
from impasto.online.settings import Settings

MaskPair = tuple[Mask | None, Mask | None]
"""Where in the photo, and which part of the style image; None is the whole picture."""


@dataclass(frozen=True, eq=False)
class Region:
    """A style image and what it counts for.

    share: of the style loss; those of styles without masks sum to 1, others are the larger the more of the photo they cover.
    where: H x W in [0, 1] at the painting's size, or None for everywhere. part: of the style image, at any size, or None.
    """

    style: Picture
    share: float
    where: FloatPixels | None = None
    part: FloatPixels | None = None


def regions_of(
    settings: Settings, photo: Picture | None, styles: Sequence[Picture], masks: Sequence[MaskPair], size: tuple[int, int]
) -> list[Region]:
    """One region for each style, or for each pair of masks where one style serves them all.

    photo: None where there is none and nothing is masked. size: of the painting, (width, height). A style of weight 0 gets no
    region. Raises InputError where numbers do not match, and where a mask has another shape than its picture.
    """
    weights = style_weights(settings, len(styles))
    if not masks or photo is None:
        return [Region(style, weight / sum(weights)) for style, weight in zip(styles, weights, strict=True)]
    if len(styles) == 1:
        styles, weights = list(styles) * len(masks), weights * len(masks)
    if len(masks) != len(styles):
        raise InputError(
            f"{len(masks)} pair(s) of masks for {len(styles)} styles; give --mask once for each style, in their order, "
            "or one style for all the masks"
        )
    for number, ((where, part), style) in enumerate(zip(masks, styles, strict=True), 1):
        if where is not None:
            where.check_against(photo, _called("the photo", photo))
        if part is not None:
            part.check_against(style, _called(f"style {number}", style))
    planes = share_out([np.ones(size[::-1], np.float32) if where is None else where.resized(*size) for where, _ in masks])
    areas = [float(plane.mean()) for plane in planes]
    mean = sum(weights) / len(weights)
    # A region's loss is a mean over the region: times its area, each pixel is pulled as it would be without masks.
    return [
        Region(style, area * weight / mean, plane, None if part is None else part.values)
        for style, weight, plane, area, (_, part) in zip(styles, weights, planes, areas, masks, strict=True)
        if area * weight > 0
    ]


def style_weights(settings: Settings, count: int) -> tuple[float, ...]:
    """One for each style. Raises InputError unless as many were given as there are styles."""
    if count == 0:
        raise InputError("no style given; name at least one style picture")
    weights = settings.style_weights or (1.0,) * count
    if len(weights) != count:
        raise InputError(f"--style-weights gives {len(weights)} weight(s) for {count} style(s); give one for each")
    return weights


def share_out(planes: Sequence[FloatPixels]) -> list[FloatPixels]:
    """Masks that share a pixel between them where they overlap, instead of each wanting all of it."""
    excess = np.maximum(np.sum(planes, axis=0), 1)
    return [plane / excess for plane in planes]


def covered(regions: Sequence[Region]) -> FloatPixels | None:
    """H x W in [0, 1]: how much of each pixel is to be painted; None where that is all of it."""
    planes = [region.where for region in regions if region.where is not None]
    if len(planes) < len(regions):
        return None
    return np.asarray(np.clip(np.sum(planes, axis=0), 0, 1), np.float32)


def recolour_styles(regions: Sequence[Region], photo: FloatPixels) -> list[Region]:
    """The styles with the colours of the photo, each with those of its region. photo: H x W x 3 at the painting's size."""
    return [
        replace(region, style=Picture.from_array(match_colours(as_float(region.style), photo, _part(region), region.where)))
        for region in regions
    ]


def recolour_photo(photo: FloatPixels, regions: Sequence[Region], strength: float = 1.0) -> FloatPixels:
    """The photo, H x W x 3, with each region in the colours of its style, as far as `strength` says."""
    wholes = sum(region.share for region in regions if region.where is None)
    result = photo.copy()
    for region in regions:
        matched = match_colours(photo, as_float(region.style), region.where, _part(region))
        share = region.share / wholes if region.where is None else region.where[..., None]
        result += strength * share * (matched - photo)
    return np.clip(result, 0, 1)


def _part(region: Region) -> FloatPixels | None:
    """The mask of the style image at that image's size."""
    return None if region.part is None else Mask(region.part).resized(*region.style.size)


def _called(what: str, picture: Picture) -> str:
    return what if picture.path is None else f"{what} {shown(picture.path)}"
