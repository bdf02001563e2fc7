"""`ssim` and `ms_ssim`, by torchmetrics: Wang et al., "Image Quality Assessment: From Error Visibility to Structural
Similarity" (IEEE Transactions on Image Processing 13, 2004), and "Multiscale Structural Similarity" (Asilomar 2003).

Both compare luminance, as the papers do: colour is the style's to choose.
"""

import importlib.util

from torch import Tensor

from impasto.errors import InputError

LEAST = {"ssim": 11, "ms_ssim": 176}
"""Pixels of the shorter side: the window, and what is left of it after four halvings."""

NEEDED = "needs torchmetrics; get it with: pip install 'impasto[evaluate]'"


def installed() -> bool:
    """Whether torchmetrics is there."""
    return importlib.util.find_spec("torchmetrics") is not None


def why_not(name: str, picture: Tensor) -> str:
    """Why there is no such score of this picture, or nothing."""
    if not installed():
        return NEEDED
    short = min(picture.shape[-2:])
    return "" if short >= LEAST[name] else f"needs {LEAST[name]} pixels on the shorter side, and there are {short}"


def similarity(name: str, pastiche: Tensor, content: Tensor) -> float:
    """`ssim` or `ms_ssim` of two pictures of one size, 1 x 3 x H x W in [0, 1]: 1 for the same, 0 for unrelated ones.

    Gaussian window of 11 x 11 with deviation 1.5, borders reflected, K1 0.01, K2 0.03, range 1; the five scales' published
    weights. Negative contrasts, which have no fractional power, count as 0. Raises InputError where `why_not` has something
    to say.
    """
    if reason := why_not(name, pastiche):
        raise InputError(f"'{name}' {reason}")
    from torchmetrics.functional import image

    first, second = luminance(pastiche), luminance(content)
    if name == "ssim":
        value = image.structural_similarity_index_measure(first, second, data_range=1.0)
    else:
        value = image.multiscale_structural_similarity_index_measure(first, second, data_range=1.0, normalize="relu")
    assert isinstance(value, Tensor)
    return float(value)


def luminance(picture: Tensor) -> Tensor:
    """The luma of ITU-R BT.601: N x 3 x H x W -> N x 1 x H x W."""
    return (picture * picture.new_tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
