"""The normalised content model: blind to tones, not to structure."""

import torch

from impasto.content import normalised


def feature(seed: int) -> torch.Tensor:
    return torch.rand(2, 3, 8, 9, generator=torch.Generator().manual_seed(seed))


def test_it_is_zero_at_the_photo_whatever_its_tones_and_one_for_an_unrelated_picture() -> None:
    target = normalised.represent({"a": feature(0)})
    assert torch.allclose(normalised.distance({"a": feature(0)}, target), torch.zeros(2), atol=1e-6)
    brighter = feature(0) * torch.tensor([0.5, 2, 3])[:, None, None] + 1
    assert torch.allclose(normalised.distance({"a": brighter}, target), torch.zeros(2), atol=1e-3)
    assert torch.allclose(normalised.distance({"a": -feature(0)}, target), torch.full((2,), 2.0), atol=1e-2)
    assert (normalised.distance({"a": feature(1)}, target) - 1).abs().max() < 0.3


def test_a_channel_that_is_everywhere_alike_stays_zero() -> None:
    flat = torch.full((1, 2, 4, 4), 0.7)
    assert normalised.normalised(flat).abs().max() < 1e-3


def test_the_layers_count_by_their_shares() -> None:
    target = normalised.represent({"a": feature(0), "b": feature(1)})
    seen = {"a": feature(0), "b": -feature(1)}
    assert torch.allclose(normalised.distance(seen, target), torch.ones(2), atol=1e-2)
    assert torch.allclose(normalised.distance(seen, target, {"a": 3.0, "b": 1.0}), torch.full((2,), 0.5), atol=1e-2)


def test_its_gradient_agrees_with_finite_differences() -> None:
    target = {"a": normalised.normalised(feature(0).double()).double()}
    moved = feature(2).double().requires_grad_()
    # The model computes in float32, so the tolerance is wide.
    step = 1e-2 * torch.randn(moved.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    loss = normalised.distance({"a": moved}, target).sum()
    (gradient,) = torch.autograd.grad(loss, moved)
    ends = [normalised.distance({"a": moved.detach() + sign * step}, target).sum() for sign in (1, -1)]
    assert abs((ends[0] - ends[1]).item() / 2 - (gradient * step).sum().item()) < 2e-4
