"""Gram and moments errors against their formulae."""

import pytest
import torch
from torch import Tensor

from impasto.metrics.statistics import relative_errors


@pytest.fixture
def maps() -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    generator = torch.Generator().manual_seed(0)
    first = {"a": torch.rand(1, 5, 7, 9, generator=generator), "b": torch.rand(1, 3, 4, 4, generator=generator)}
    second = {"a": torch.rand(1, 5, 6, 6, generator=generator), "b": torch.rand(1, 3, 5, 4, generator=generator)}
    return first, second


def test_gram(maps: tuple[dict[str, Tensor], dict[str, Tensor]]) -> None:
    rows = [{layer: f[0].flatten(1).double() for layer, f in one.items()} for one in maps]
    grams = [{layer: x @ x.T / x.shape[1] for layer, x in one.items()} for one in rows]
    expected = {layer: ((grams[0][layer] - goal).norm() / goal.norm()).item() for layer, goal in grams[1].items()}
    assert relative_errors("gram", *maps) == pytest.approx(expected, rel=1e-4)


def test_moments(maps: tuple[dict[str, Tensor], dict[str, Tensor]]) -> None:
    vectors = [
        {layer: torch.cat([f[0].mean((1, 2)), f[0].std((1, 2), correction=0)]) for layer, f in one.items()} for one in maps
    ]
    expected = {layer: ((vectors[0][layer] - goal).norm() / goal.norm()).item() for layer, goal in vectors[1].items()}
    assert relative_errors("moments", *maps) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", ["gram", "moments"])
def test_nothing_at_all_is_1_and_the_style_is_0(name: str, maps: tuple[dict[str, Tensor], dict[str, Tensor]]) -> None:
    nothing = {layer: torch.zeros_like(f) for layer, f in maps[0].items()}
    assert relative_errors(name, maps[1], maps[1]) == {"a": 0, "b": 0}
    assert relative_errors(name, nothing, maps[1]) == pytest.approx({"a": 1, "b": 1}, abs=1e-3)
    shuffled = {layer: f.flip(2).flip(3).repeat(1, 1, 1, 2) for layer, f in maps[1].items()}
    assert relative_errors(name, shuffled, maps[1]) == pytest.approx({"a": 0, "b": 0}, abs=1e-3)
