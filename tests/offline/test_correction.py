"""An embedding is mended by what it paints: the canvas, what is compared, and that it learns to come nearer to a style."""

import numpy as np
import pytest
import torch

from impasto.encoders.slim import Slim
from impasto.offline.networks.arbitrary import Shape
from impasto.offline.networks.both import Arbitrary
from impasto.offline.networks.correction import SIDE, Correction
from impasto.offline.networks.leaves import leaves

TINY = Shape(stem=(4, 8), blocks=1, decoder=(6, 4), projections=4, embedding=8, hidden=16, corrections=1, correcting=12)
NAMES = ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "4_1", "4_2", "5_1")


def test_leaves_are_always_the_same_cover_everything_and_come_in_all_sizes() -> None:
    picture = leaves(96)
    assert picture.shape == (96, 96, 3)
    assert picture.dtype == np.uint8
    leaves.cache_clear()
    assert np.array_equal(picture, leaves(96))
    assert not np.array_equal(picture, leaves(96, seed=1))
    # Like a photo's, the spectrum of its power falls with about the square of the frequency.
    grey = leaves(256).mean(2)
    power = np.abs(np.fft.fft2(grey - grey.mean())) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256)))
    inside = (frequency > 0.01) & (frequency < 0.2)
    slope, _ = np.polyfit(np.log(frequency[inside]), np.log(power[inside]), 1)
    assert -3 < slope < -1.5


def test_an_untrained_correction_changes_nothing_and_a_style_that_is_met_lacks_nothing() -> None:
    correction = Correction([3, 5], embedding=4, hidden=6)
    wanted, found = torch.rand(2, 16), torch.rand(2, 16)
    assert not correction(wanted, found, torch.randn(2, 4)).any()
    assert not correction.lacking(wanted, wanted).any()


def test_what_lacks_is_relative_to_each_layers_energy() -> None:
    correction = Correction([3, 5], embedding=4, hidden=6)
    wanted, found = torch.rand(2, 16), torch.rand(2, 16)
    scale = torch.cat([torch.full((6,), 10.0), torch.full((10,), 0.5)])
    lacking = correction.lacking(wanted, found)
    torch.testing.assert_close(correction.lacking(scale * wanted, scale * found), lacking, rtol=1e-3, atol=1e-3)
    alone = correction.lacking(wanted, torch.cat([found[:, :6], wanted[:, 6:]], 1))
    assert alone[:, :6].any()
    assert not alone[:, 6:].any()


def test_it_learns_from_the_result_but_not_through_what_was_painted() -> None:
    torch.manual_seed(0)
    encoder = Slim({name: 4 + 2 * int(name[0]) for name in NAMES}).eval().requires_grad_(False)
    network = Arbitrary(encoder.descriptor, TINY)
    assert network.prediction.correction.canvas.shape == (1, SIDE, SIDE, 3)
    style = torch.rand(2, 3, 64, 64) ** torch.tensor([0.5, 3.0])[:, None, None, None]
    told = network.told(style, encoder(style, network.layers))
    with pytest.raises(RuntimeError, match="attach"):
        network.embed(told)
    network.attach(encoder)
    network.embed(told).square().sum().backward()
    assert network.prediction.correction.outer.weight.grad is not None
    assert all(parameter.grad is None for parameter in network.transfer.parameters())

    with torch.no_grad():
        goal = network.embed(told) + torch.randn(2, 8)
    optimiser = torch.optim.Adam(network.prediction.correction.parameters(), 0.01)
    losses = []
    for _ in range(60):
        loss = (network.embed(told) - goal).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.2 * losses[0]
