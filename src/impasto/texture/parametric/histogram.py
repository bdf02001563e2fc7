"""`histogram`: Risser et al., "Stable and Controllable Neural Texture Synthesis and Style Transfer Using Histogram Losses"
(arXiv 1701.08893): the Gram loss and, beside it, their L_histogram, which makes it stable.
"""

import torch
from torch import Tensor

from impasto.texture.base import EPSILON, mean_and_second_moment
from impasto.texture.parametric.gram import Gram
from impasto.texture.parametric.sliced import POOL, SAMPLES, Sampled, drawn_rows, quantiles, transport_cost

HISTOGRAM_SHARE = 0.5
"""Share of the histogram loss in the distance; the Gram loss has the rest."""


class Histogram(Sampled):
    """Gram distance and sum_c |F_c - R(F_c)|^2, each relative to the style's energy; R matches channel c's histogram.

    The match R(F_c) puts the style's quantile in the place of each activation and is held fixed in the gradient, as in the
    paper. The paper matches 255 bins of all activations at relu1_1 and relu4_1; here each step matches sorted ones at drawn
    positions of every layer. Representation of a layer: (G 1 x C x C, quantiles 1 x C x P); both blend by their numbers.
    """

    gain = 40.0
    samples = True

    def summarise(
        self, feature: Tensor, weights: Tensor | None, generator: torch.Generator | None = None
    ) -> tuple[Tensor, ...]:
        rows = drawn_rows(feature, weights, SAMPLES if generator else POOL, generator)
        return mean_and_second_moment(feature, weights)[1], rows.transpose(1, 2)

    def prepare(self, statistics: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return statistics[0], statistics[1].sort(-1).values

    def plain(self, prepared: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return prepared[0], quantiles(prepared[1], POOL)

    def compare(
        self, statistics: tuple[Tensor, ...], target: tuple[Tensor, ...], generator: torch.Generator | None = None
    ) -> Tensor:
        energy = target[0].diagonal(dim1=1, dim2=2).mean(1)
        unmatched = transport_cost(statistics[1], target[1]) / (energy + EPSILON)
        return HISTOGRAM_SHARE * unmatched + (1 - HISTOGRAM_SHARE) * Gram().compare(statistics[:1], target[:1])
