"""What the fast method paints where several styles, masks and a strength are wanted: its result, and a start to optimise.

Without PyTorch. Which style goes where is decided in `regions.py`, the networks are `runtime`'s.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from impasto.images.picture import FloatPixels, Picture
from impasto.online.regions import Region
from impasto.online.settings import Settings
from impasto.runtime.fast import shipped


def paint_regions(photo: Picture, regions: Sequence[Region], settings: Settings) -> FloatPixels:
    """H x W x 3 in [0, 1]: the photo with each region in its style; what lies in none of them is left to the caller.

    regions: their masks are of the photo's size.
    """
    network, pixels = shipped(), photo.as_bits(8).pixels
    height, width = pixels.shape[:2]
    with ThreadPoolExecutor(1) as aside:
        # It may well be the only photo of its size.
        ready = aside.submit(network.prepare, height, width, often=False)
        looks = [network.embed(region.style, scale=settings.style_scale) for region in regions]
    ready.result()
    planes = [region.where for region in regions if region.where is not None]
    if not planes:
        style = network.blend(looks, [region.share for region in regions])
        return _unit(network.paint(pixels, style, settings.strength))
    total = np.maximum(np.sum(planes, axis=0), 1e-6)
    result = np.zeros(pixels.shape, np.float32)
    for plane, style in zip(planes, looks, strict=True):
        share = plane / total
        result += share[..., None] * _unit(network.paint(pixels, style, settings.strength))
    return result


def _unit(pixels: np.ndarray) -> FloatPixels:
    return np.asarray(pixels, np.float32) / np.float32(255)
