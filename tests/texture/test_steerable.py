"""The steerable pyramid and its statistics, against NumPy's Fourier transform and sums written out."""

import numpy as np
import pytest
import torch

from impasto import texture
from impasto.texture.parametric.steerable import OPPONENT, RIDGE, statistics
from impasto.texture.parametric.steerable_pyramid import continued, filters, pyramid

CPU = torch.device("cpu")


def picture(seed: int, height: int = 64, width: int = 48) -> torch.Tensor:
    """Smooth noise with structure at several scales, 1 x 3 x H x W in [0, 1]."""
    generator = torch.Generator().manual_seed(seed)
    image = torch.zeros(1, 3, height, width)
    for cells, weight in ((4, 0.4), (12, 0.3), (24, 0.3)):
        noise = torch.rand(1, 3, cells, cells, generator=generator) ** (1 + seed % 3)
        image += weight * torch.nn.functional.interpolate(noise, (height, width), mode="bilinear")
    return image.clamp(0, 1)


def distance(image: torch.Tensor, target: torch.Tensor, mask: torch.Tensor | None = None) -> float:
    model = texture.create("steerable")
    return model.distance({"pixels": image}, model.represent({"pixels": target}), mask).item()


def power(x: torch.Tensor) -> float:
    return float(x.abs().square().mean((2, 3)).sum())


def test_filters_tile_the_frequency_plane() -> None:
    """Analytic bands hold half of a real picture's energy in their octaves."""
    image = torch.rand(1, 3, 64, 48, generator=torch.Generator().manual_seed(0))
    parts = pyramid(image)
    assert power(parts.high) + 2 * sum(map(power, parts.bands)) + power(parts.lows[-1]) == pytest.approx(power(image), rel=1e-5)
    assert [band.shape[-2:] for band in parts.bands] == [(64, 48), (32, 24), (16, 12), (8, 6)]


def test_a_wave_is_seen_by_the_band_of_its_frequency_and_direction() -> None:
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    for scale, cycles in enumerate((16, 8, 4, 2)):
        for direction, phase in ((0, x), (2, y)):
            parts = pyramid(torch.cos(2 * torch.pi * cycles / 64 * phase).expand(1, 3, 64, 64))
            found = torch.stack([band.abs().square().mean((0, 2, 3))[:4] for band in parts.bands])
            assert found.argmax().item() == 4 * scale + direction


def test_a_band_agrees_with_numpy() -> None:
    """Level 2 taken from the full picture's spectrum, without the levels above it, on every fourth pixel."""
    image = picture(0)
    fy, fx = np.fft.fftfreq(64)[:, None], np.fft.fftfreq(48)[None]
    radius, angle = np.hypot(fx, fy), np.arctan2(fy, fx)

    def low(cutoff: float) -> np.ndarray:
        octaves = np.log2(np.clip(radius / cutoff * 2, 1, 2))
        return np.where(radius < cutoff, np.cos(np.pi / 2 * octaves), 0)

    response = low(0.5) * low(0.25) * low(0.125) * np.sqrt(1 - low(0.0625) ** 2)
    for k in range(4):
        oriented = np.clip(np.cos(angle - k * np.pi / 4), 0, None) ** 3 * 8 * 6 / np.sqrt(4 * 720)
        band = np.fft.ifft2(np.fft.fft2(image[0, 1].double().numpy()) * response * oriented)[::4, ::4]
        assert np.allclose(pyramid(image).bands[2][0, 4 + k].numpy(), band, atol=1e-6)


def test_statistics_agree_with_sums_written_out() -> None:
    image, weights = picture(0), torch.ones(1, 1, 64, 48)
    found = {name: value[0].double().numpy() for name, value in statistics(image, weights)}
    colours = np.einsum("dc,chw->dhw", np.array(OPPONENT), image[0].double().numpy())
    centred = colours - colours.mean((1, 2), keepdims=True)
    deviations = np.sqrt((centred**2).mean((1, 2)) + RIDGE)
    unit = centred / deviations[:, None, None]
    assert found["spread", "0"] == pytest.approx(np.stack([colours.mean((1, 2)), deviations]), abs=1e-5)
    assert found["moments", "0"] == pytest.approx(np.stack([(unit**3).mean((1, 2)), (unit**4).mean((1, 2))], 1), abs=1e-3)
    assert found["colour", "0"] == pytest.approx(np.corrcoef(centred.reshape(3, -1)), abs=1e-3)
    lags = range(-3, 4)
    auto = np.array([[(unit[c] * np.roll(unit[c], (-dy, -dx), (0, 1))).mean() for dy in lags for dx in lags] for c in range(3)])
    assert found["auto", "colours 0"] == pytest.approx(auto, abs=1e-4)

    parts = pyramid(torch.einsum("dc,nchw->ndhw", torch.tensor(OPPONENT), image))
    bands, above = (parts.bands[scale][0].to(torch.complex128).numpy() for scale in (1, 2))
    here = bands[:, ::2, ::2].reshape(12, -1)
    above = above.reshape(12, -1)
    assert found["within", "1"] == pytest.approx(np.corrcoef(abs(bands.reshape(12, -1))), abs=0.02)
    assert found["across", "1"] == pytest.approx(np.corrcoef(abs(here), abs(above))[:12, 12:], abs=0.02)
    doubled = above**2 / abs(above)
    doubled = np.concatenate([doubled.real, doubled.imag])
    norms = np.sqrt((here.real**2).mean(1))[:, None] * np.sqrt((doubled**2).mean(1))
    assert found["phase", "1"] == pytest.approx(here.real @ doubled.T / here.shape[1] / norms, abs=0.02)


def test_statistics_of_a_circular_picture_do_not_change_when_it_is_shifted() -> None:
    weights = torch.ones(1, 1, 64, 48)
    before = dict(statistics(picture(0), weights))
    for name, value in statistics(picture(0).roll((16, 32), (2, 3)), weights):
        assert torch.allclose(value, before[name], atol=1e-3), name


def test_size_hardly_matters_where_the_texture_is_the_same() -> None:
    noise = torch.rand(1, 3, 128, 112, generator=torch.Generator().manual_seed(0))
    assert distance(noise[..., :96, :80], noise) < 0.05 * distance(picture(0, 96, 80), noise)


def test_a_picture_is_continued_without_being_changed_or_counted() -> None:
    image, mask = continued(picture(0, 37, 50), None)
    assert image.shape == (1, 3, 64, 80)
    assert mask.shape == (1, 1, 64, 80)
    assert torch.equal(image[..., :37, :50], picture(0, 37, 50))
    assert mask[..., :37, :50].min() == 1
    assert mask.sum() == 37 * 50
    neighbours = (image - image.roll(1, 2)).abs().amax(), (image - image.roll(1, 3)).abs().amax()
    inside = picture(0, 37, 50)
    assert max(neighbours) <= 1.5 * max(inside.diff(dim=2).abs().amax(), inside.diff(dim=3).abs().amax())


def test_a_descent_reaches_the_target() -> None:
    model = texture.create("steerable")
    representation = model.represent({"pixels": picture(0, 32, 32)})
    image = picture(1, 32, 32).requires_grad_(True)
    first, optimizer = distance(image.detach(), picture(0, 32, 32)), torch.optim.Adam([image], 0.02)
    for _ in range(20):
        optimizer.zero_grad()
        model.distance({"pixels": image}, representation).sum().backward()
        optimizer.step()
    assert distance(image.detach(), picture(0, 32, 32)) < 0.1 * first


def test_a_flat_picture_has_finite_statistics_and_gradients() -> None:
    model = texture.create("steerable")
    flat = torch.full((1, 3, 40, 33), 0.5, requires_grad=True)
    value = model.distance({"pixels": flat}, model.represent({"pixels": picture(0)}))
    (gradient,) = torch.autograd.grad(value.sum(), flat)
    assert torch.isfinite(value).all()
    assert torch.isfinite(gradient).all()
    assert np.isfinite(distance(picture(0), flat.detach()))


def test_filters_are_kept_for_the_next_step() -> None:
    assert filters(64, 48, CPU) is filters(64, 48, CPU)
