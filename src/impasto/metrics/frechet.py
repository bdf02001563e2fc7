"""The Frechet distances of Inception's features: SIFID of one pair of pictures, FID of two sets, ArtFID. By torchmetrics.

Heusel et al. (arXiv 1706.08500); SIFID: Shaham, Dekel and Michaeli, "SinGAN" (ICCV 2019, arXiv 1905.01164), section 3; ArtFID:
Wright and Ommer, "ArtFID: Quantitative Evaluation of Neural Style Transfer" (GCPR 2022, arXiv 2207.12280).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from impasto.encoders.base import Encoder
from impasto.errors import InputError
from impasto.metrics.structure import NEEDED, installed

SIFID_LAYER, POOLED_LAYER = "Conv2d_4a_3x3", "Mixed_7c"
SIFID_LEAST, FID_LEAST = 15, 75
"""Pixels of the shorter side from which Inception-v3 has two features at the layer, or one."""


class _Given(nn.Module):
    """Features that are there already, in the place of the network that torchmetrics would make them with."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.num_features = count

    def forward(self, features: Tensor) -> Tensor:
        return features


def frechet_distance(first: Tensor, second: Tensor) -> float:
    """|m - n|^2 + tr(A + B - 2 (A B)^(1/2)) of the means m, n and covariances A, B of samples, P x C and Q x C, at least two
    each.

    Raises InputError without torchmetrics, and for a single sample.
    """
    if not installed():
        raise InputError(f"the Frechet distance {NEEDED}")
    if min(len(first), len(second)) < 2:
        raise InputError("the Frechet distance is between samples of at least two; give more pictures")
    from torchmetrics.image.fid import FrechetInceptionDistance

    distance = FrechetInceptionDistance(feature=_Given(first.shape[1]))
    distance.set_dtype(torch.float64)
    distance.update(second.cpu().double(), real=True)
    distance.update(first.cpu().double(), real=False)
    return max(float(distance.compute()), 0.0)


def sifid(pastiche: Tensor, style: Tensor, inception: Encoder) -> float:
    """The distance between the features of two pictures before Inception's second pooling, one vector for each position."""
    return frechet_distance(*(inception(x, [SIFID_LAYER])[SIFID_LAYER][0].flatten(1).T for x in (pastiche, style)))


def pooled(picture: Tensor, art_inception: Encoder) -> Tensor:
    """What ArtFID compares sets of: Mixed_7c of the art-inception network, averaged over positions, N x 2048.

    That network was trained on, and is given, values in [0, 1]; Impasto's Inception-v3 stretches its input to [-1, 1], which is
    undone here.
    """
    maps: Tensor = art_inception((picture + 1) / 2, [POOLED_LAYER])[POOLED_LAYER]
    return maps.mean((2, 3))


def art_fid(lpips: Sequence[float], fid: float) -> float:
    """(1 + mean LPIPS between pastiche and content) (1 + FID between pastiches and styles)."""
    return (1 + sum(lpips) / len(lpips)) * (1 + fid)
