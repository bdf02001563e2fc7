"""The excess of a lattice over noise of the same power; nothing for pictures that repeat no more than style or photo do."""

import math

import torch

from impasto import spectrum


def noise(seed: int, size: int = 224) -> torch.Tensor:
    """A flat grey with noise of deviation 0.05, N x 3 x H x W."""
    return 0.5 + 0.05 * torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed))


def lattice(periods: float, size: int = 224) -> torch.Tensor:
    """Waves of the noise's power, `periods` a window, on all channels."""
    phase = 2 * math.pi * periods / spectrum.SIDE * torch.arange(size)
    waves = 0.05 * math.sqrt(2) * phase.sin()[None].expand(size, size)
    return 0.5 + waves[None, None].expand(1, 3, size, size)


def test_white_noise_has_a_flat_spectrum_at_its_own_power() -> None:
    found, halved = spectrum.represent(4 * noise(0)).unbind(1)
    # The mean logarithm of an exponential variable lies Euler's constant below the logarithm of its mean.
    assert abs(found.mean().item() - (math.log(0.2**2) - 0.5772)) < 0.05
    assert found.std().item() < 0.25
    # Means of four pixels have a quarter of the power, and less of the higher frequencies.
    assert halved.mean().item() < found.mean().item()


def test_a_second_draw_of_the_same_noise_costs_almost_nothing_and_a_lattice_of_its_power_much() -> None:
    style, photo = spectrum.represent(noise(1)), spectrum.represent(torch.full((1, 3, 224, 224), 0.5))
    same = spectrum.distance(noise(2), style, photo).item()
    assert same < 0.03
    for periods in (2, 4, 7, 12):
        assert spectrum.distance(lattice(periods), style, photo).item() > 5 * same


def test_what_the_photo_or_the_style_repeats_is_free() -> None:
    flat = spectrum.represent(torch.full((1, 3, 224, 224), 0.5))
    woven = lattice(6)
    own = spectrum.represent(woven)
    assert spectrum.distance(woven, own, flat).item() == 0
    assert spectrum.distance(woven, flat, own).item() == 0
    assert spectrum.distance(woven, flat, flat).item() > 0.1


def test_the_mean_logarithm_and_its_gradient_are_those_of_a_slow_computation() -> None:
    image = torch.rand(2, 3, 71, 90, dtype=torch.float64, generator=torch.Generator().manual_seed(4)).requires_grad_()
    line = torch.hann_window(32, dtype=torch.float64)
    hann = torch.outer(line, line)
    total = torch.zeros(2, 3, 32, 17, dtype=torch.float64)
    tops, lefts = range(0, 71 - 31, 16), range(0, 90 - 31, 16)
    for top in tops:
        for left in lefts:
            window = image[:, :, top : top + 32, left : left + 32] * hann
            power = torch.fft.rfft2(window).abs() ** 2 / (hann**2).sum()
            total = total + (power + spectrum.FLOOR).log() / (len(tops) * len(lefts))
    single = image.detach().float().requires_grad_()
    found = spectrum.LogPower.apply(single)
    assert torch.allclose(found.double(), total, atol=1e-4)
    pull = torch.randn(total.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    (slow,) = torch.autograd.grad((total * pull).sum(), image)
    (fast,) = torch.autograd.grad((found * pull.float()).sum(), single)
    assert (fast - slow).abs().max() < 1e-4 * slow.abs().max()


def test_it_has_a_gradient_that_takes_the_lattice_away() -> None:
    flat = spectrum.represent(torch.full((1, 3, 224, 224), 0.5))
    image = (lattice(6) + 0.01 * (noise(3) - 0.5)).requires_grad_()
    before = spectrum.distance(image, flat, flat)
    (gradient,) = torch.autograd.grad(before.sum(), image)
    assert torch.isfinite(gradient).all()
    after = spectrum.distance(image.detach() - 0.001 * gradient / gradient.abs().max(), flat, flat)
    assert after.item() < before.item()
