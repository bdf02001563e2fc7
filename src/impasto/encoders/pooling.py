"""The 2 x 2 poolings an encoder can be asked for, rescaled so that the activations keep the level of max pooling."""

import torch.nn.functional as F
from torch import Tensor

AVERAGE_SCALE = 2.0
L2_SCALE = 0.78


def pool(x: Tensor, kind: str) -> Tensor:
    """N x C x H x W -> N x C x H/2 x W/2, kind: `max`, `average` (Gatys et al. 2015, section 2) or `l2`.

    Average and L2 pooling are multiplied by 2 and 0.78, which brings a max-pooling VGG's deeper activations back to about
    the size that its weights were trained for.
    """
    if kind == "max":
        return F.max_pool2d(x, 2)
    if kind == "average":
        return F.avg_pool2d(x, 2) * AVERAGE_SCALE
    return F.lp_pool2d(x, 2, 2) * L2_SCALE
