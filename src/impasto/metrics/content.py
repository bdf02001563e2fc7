"""`features`, `self_similarity` and `cfsd`: how much of the photo's content is left, seen through a judge."""

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.content import normalised
from impasto.texture.base import EPSILON, Features

PLACES = 1024
"""Patches that `self_similarity` compares with one another, all where there are fewer."""

TEMPERATURE = 0.1
"""Cosines of that difference differ by a factor of e in likeness."""

ROWS = 1024
"""Rows of the matrix of `cfsd` that are in memory at a time."""


def feature_distances(pastiche: Features, content: Features) -> dict[str, float]:
    """{layer: 1 - mean correlation of the channels}: 0 at the photo, 1 for an unrelated picture, 2 for its negative.

    The squared distance of the instance-normalised feature maps, halved: what the content model `normalised` minimises.
    """
    target = normalised.represent(content)
    return {
        layer: float(normalised.distance({layer: pastiche[layer]}, {layer: target[layer]}).clamp_min(0)) for layer in pastiche
    }


def self_similarity_distances(pastiche: Features, content: Features) -> dict[str, float]:
    """{layer: mean_i KL(P_i | Q_i)}: 0 at the photo. P_i is how likely the photo's patch i takes each patch for itself.

    P_i = softmax_j cos(f_i, f_j) / TEMPERATURE, over patches evenly spread, with features f less their mean; Q likewise for the
    pastiche. After CFSD (see `cfsd`), whose plain inner products have another unit in every network.
    """
    found = {}
    for layer, feature in pastiche.items():
        logs = [similarity(x) for x in (feature, content[layer])]
        found[layer] = float(F.kl_div(logs[0], logs[1], log_target=True, reduction="sum").clamp_min(0)) / len(logs[0])
    return found


def similarity(feature: Tensor) -> Tensor:
    """log P, S x S, of a feature map 1 x C x h x w."""
    rows = feature[0].flatten(1).T.float()
    number = min(PLACES, len(rows))
    spread = (torch.arange(number, dtype=torch.float64) + 0.5) * (len(rows) / number)
    rows = rows[spread.long().to(rows.device)]
    rows = rows - rows.mean(0)
    rows = rows / rows.norm(dim=1, keepdim=True).clamp_min(EPSILON)
    return F.log_softmax(rows @ rows.T / TEMPERATURE, dim=1)


def cfsd(pastiche: Tensor, content: Tensor) -> float:
    """The Content Feature Structural Distance of Chung, Hyun and Heo, "Style Injection in Diffusion" (CVPR 2024, arXiv
    2312.09008), as their published program computes it from VGG-19's relu3_1: N = 1, 256 channels.

    sum_i KL(softmax_j f_i . f_j | softmax_j g_i . g_j), features divided by the number of channels; f are the photo's.
    """
    logs, total = [x[0].flatten(1).T.float() / x.shape[1] for x in (pastiche, content)], 0.0
    for start in range(0, len(logs[0]), ROWS):
        one, other = (F.log_softmax(x[start : start + ROWS] @ x.T, dim=1) for x in logs)
        total += float(F.kl_div(one, other, log_target=True, reduction="sum"))
    return max(total, 0.0)
