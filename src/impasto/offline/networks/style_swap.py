"""`style-swap`: each patch of the photo's features becomes the style's most similar one, Chen and Schmidt, "Fast Patch-based
Style Transfer of Arbitrary Style" (arXiv 1612.04337), section 3. It learns nothing: it takes AdaIN's decoder.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.offline.networks.adain import FeatureTransfer
from impasto.texture.base import EPSILON

SIDE = 3
"""Of a patch, in features."""


class StyleSwap(FeatureTransfer):
    """Patches of 3 x 3 features, compared by normalised correlation; where they overlap they are averaged."""

    architecture = "style-swap"

    def transferred(self, photo: Tensor, style: Tensor) -> Tensor:
        return torch.cat([swapped(photo[i : i + 1], style[i : i + 1]) for i in range(len(photo))])


def swapped(photo: Tensor, style: Tensor) -> Tensor:
    """1 x C x h x w and 1 x C x h' x w' -> 1 x C x h x w; needs h' w' times h w numbers."""
    patches = F.unfold(style, SIDE)[0].T.reshape(-1, style.shape[1], SIDE, SIDE)
    lengths = patches.flatten(1).norm(dim=1).clamp_min(EPSILON)
    likeness = F.conv2d(photo, patches / lengths[:, None, None, None])
    chosen = F.one_hot(likeness.argmax(1), len(patches)).permute(0, 3, 1, 2).to(photo.dtype)
    laid = F.conv_transpose2d(chosen, patches)
    times = F.conv_transpose2d(torch.ones_like(chosen[:, :1]), torch.ones_like(patches[:1, :1]))
    return laid / times
