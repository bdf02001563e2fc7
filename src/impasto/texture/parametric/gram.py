"""`gram`: the Gram matrices of Gatys et al., "A Neural Algorithm of Artistic Style" (arXiv 1508.06576), equations 3 to 5."""

from torch import Tensor

from impasto.texture.base import EPSILON, StatisticsModel, mean_and_second_moment


class Gram(StatisticsModel):
    """G = F F^T / (h w) for each layer, compared by squared Frobenius distance.

    The paper divides E_l by 4 N_l^2 M_l^2 and weights the layers by w_l; here E_l is divided by ||A_l||^2, the style's own
    energy, so that every layer counts alike for every encoder and every style: the same objective, with w_l so chosen.
    """

    gain = 90.0

    def summarise(self, feature: Tensor, weights: Tensor | None) -> tuple[Tensor, ...]:
        return (mean_and_second_moment(feature, weights)[1],)

    def compare(self, statistics: tuple[Tensor, ...], target: tuple[Tensor, ...]) -> Tensor:
        gram, goal = statistics[0], target[0]
        return (gram - goal).square().sum((1, 2)) / (goal.square().sum((1, 2)) + EPSILON)
