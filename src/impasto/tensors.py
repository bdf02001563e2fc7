"""Between `Picture` and torch: N x 3 x H x W float32 RGB in [0, 1] on one side, H x W x 3 integers on the other."""

import numpy as np
import torch
from torch import Tensor

from impasto import images


def to_tensor(picture: images.Picture, device: torch.device | str = "cpu") -> Tensor:
    """1 x 3 x H x W float32 in [0, 1], channels last in memory."""
    array = np.ascontiguousarray(images.as_float(picture))
    return torch.from_numpy(array).permute(2, 0, 1)[None].to(device)


def to_array(image: Tensor) -> np.ndarray:
    """1 x 3 x H x W in [0, 1] -> H x W x 3 float32."""
    return image.detach()[0].float().clamp(0, 1).permute(1, 2, 0).cpu().contiguous().numpy()
