"""What a style is known by: moments as they are defined, and correlations that see what deviations do not."""

import torch

from impasto.offline.networks.summary import Summary, logarithms, moments_of


def feature(seed: int, channels: int = 6) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    mixing = torch.rand(channels, channels, generator=random)
    return torch.einsum("ij,njhw->nihw", mixing, torch.rand(2, channels, 20, 30, generator=random))


def test_moments_are_those_of_the_channels() -> None:
    x = feature(0)
    mean, covariance = moments_of(x, 4)
    torch.testing.assert_close(mean, x.mean((2, 3)))
    points = x[1].flatten(1).double()
    torch.testing.assert_close(covariance[1].double(), torch.cov(points, correction=0), atol=1e-6, rtol=1e-4)


def test_of_the_early_layers_every_fourth_row_of_the_picture_counts() -> None:
    x = feature(0)
    for stride, rows in ((1, slice(None, None, 4)), (2, slice(None, None, 2)), (4, slice(None)), (16, slice(None))):
        torch.testing.assert_close(moments_of(x, stride)[0], x[:, :, rows].mean((2, 3)))


def test_logarithms_are_of_means_and_deviations_in_turn() -> None:
    x, y = feature(0), feature(1, 4)
    (mean, _), (other, _) = moments_of(x, 4), moments_of(y, 8)
    told = logarithms(*zip(moments_of(x, 4), moments_of(y, 8), strict=True))
    assert told.shape == (2, 2 * (6 + 4))
    torch.testing.assert_close(told[:, :6], (mean + 0.01).log())
    torch.testing.assert_close(told[:, 6:12], (x.std((2, 3), correction=0) + 0.01).log(), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(told[:, 12:16], (other + 0.01).log())


def test_the_projections_see_how_channels_go_together_and_not_how_large_they_are() -> None:
    torch.manual_seed(0)
    summary = Summary([6], projections=5)
    mean, covariance = moments_of(feature(2), 4)
    assert summary([mean], [covariance]).shape == (2, summary.length) == (2, 2 * 6 + 2 * 5)

    def projected(covariance: torch.Tensor) -> torch.Tensor:
        return summary([mean], [covariance])[:, 12:]

    scale = torch.linspace(100, 200, 6)
    larger = covariance * scale[:, None] * scale
    torch.testing.assert_close(projected(larger), projected(1e6 * covariance), atol=2e-3, rtol=2e-3)
    alone = torch.diag_embed(covariance.diagonal(dim1=1, dim2=2))
    assert (projected(covariance) - projected(alone)).abs().max() > 0.1
    assert projected(covariance)[:, 5:].abs().max() <= 1.01


def test_without_projections_it_is_the_logarithms_measured_by_centre_and_spread() -> None:
    summary = Summary([6], projections=0)
    summary.centre.fill_(0.5)
    summary.spread.fill_(2)
    moments = [[value] for value in moments_of(feature(3), 4)]
    torch.testing.assert_close(summary(*moments), (logarithms(*moments) - 0.5) / 2)


def test_a_picture_of_one_colour_has_finite_numbers() -> None:
    summary = Summary([6], projections=5)
    assert summary([torch.zeros(1, 6)], [torch.zeros(1, 6, 6)]).isfinite().all()
