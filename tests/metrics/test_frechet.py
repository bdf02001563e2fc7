"""The Frechet distance against scipy's square root of a matrix, and what is made of it."""

import numpy as np
import pytest
import torch
from scipy import linalg
from torch import Tensor

from impasto.encoders.inception import InceptionV3
from impasto.errors import InputError
from impasto.metrics import frechet

pytest.importorskip("torchmetrics")


def by_scipy(first: np.ndarray, second: np.ndarray) -> float:
    a, b = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    root = linalg.sqrtm(a @ b)
    return float(((first.mean(0) - second.mean(0)) ** 2).sum() + np.trace(a + b - 2 * np.real(root)))


def test_it_is_scipys() -> None:
    generator = torch.Generator().manual_seed(0)
    first = torch.randn(200, 6, generator=generator, dtype=torch.float64)
    second = torch.randn(150, 6, generator=generator, dtype=torch.float64) @ torch.randn(6, 6, generator=generator).double() + 1
    assert frechet.frechet_distance(first, second) == pytest.approx(by_scipy(first.numpy(), second.numpy()), rel=1e-6)
    assert frechet.frechet_distance(first, second) == pytest.approx(frechet.frechet_distance(second, first), rel=1e-6)


def test_known_values() -> None:
    rows = torch.randn(500, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert frechet.frechet_distance(rows, rows) == pytest.approx(0, abs=1e-6)
    assert frechet.frechet_distance(rows, rows + torch.tensor([3.0, 4.0, 0.0])) == pytest.approx(25, rel=1e-6)
    centred = rows - rows.mean(0)
    assert frechet.frechet_distance(centred, 3 * centred) == pytest.approx(4 * np.trace(np.cov(rows.numpy().T)), rel=1e-6)


def test_fewer_samples_than_features_have_a_distance_and_one_has_none() -> None:
    rows = torch.randn(5, 20, generator=torch.Generator().manual_seed(0))
    assert frechet.frechet_distance(rows, rows + 1) == pytest.approx(20, rel=1e-3)
    with pytest.raises(InputError, match="at least two"):
        frechet.frechet_distance(rows[:1], rows)


def test_art_fid() -> None:
    assert frechet.art_fid([0.2, 0.4], 9.0) == pytest.approx(13)
    assert frechet.art_fid([0.0], 0.0) == 1


class Echo(InceptionV3):
    """Shows what it is given."""

    def __init__(self) -> None:
        torch.nn.Module.__init__(self)

    def forward(self, image: Tensor, layers: object) -> dict[str, Tensor]:
        return dict.fromkeys([frechet.SIFID_LAYER, frechet.POOLED_LAYER], 2 * image - 1)


def test_art_inception_sees_values_from_0_to_1_and_positions_are_averaged(photo: Tensor) -> None:
    assert torch.allclose(frechet.pooled(photo, Echo()), photo.mean((2, 3)), atol=1e-6)


def test_sifid_compares_positions(photo: Tensor, style: Tensor) -> None:
    rows = [(2 * x - 1)[0].flatten(1).T.double().numpy() for x in (photo, style)]
    assert frechet.sifid(photo, style, Echo()) == pytest.approx(by_scipy(*rows), rel=1e-3)
    assert frechet.sifid(photo, photo.flip(3), Echo()) == pytest.approx(0, abs=1e-5)
