"""The projected L-BFGS: it finds bounded minima, faster than steepest descent, and survives losses that shoot up."""

from itertools import pairwise

import pytest
import torch

from impasto.online.lbfgs import HALVINGS, ProjectedLBFGS


def minimise(curvature: torch.Tensor, goal: torch.Tensor, steps: int, history: int = 10) -> tuple[torch.Tensor, float]:
    """Minimises sum(curvature * (x - goal)^2) from the middle of the range. Returns the point and the last loss."""
    x = torch.full_like(goal, 0.5).requires_grad_(True)
    optimizer = ProjectedLBFGS(x, history=history)
    loss = torch.tensor(0.0)
    for _ in range(steps):

        def closure() -> torch.Tensor:
            x.grad = None
            value = (curvature * (x - goal).square()).sum()
            value.backward()
            return value.detach()

        loss = optimizer.step(closure)
    return x.detach(), float(loss)


@pytest.fixture
def problem() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return 10 ** (3 * torch.rand(1, 3, 4, 5, generator=generator)), torch.rand(1, 3, 4, 5, generator=generator)


def test_it_finds_the_minimum_of_a_badly_conditioned_bowl(problem: tuple[torch.Tensor, torch.Tensor]) -> None:
    curvature, goal = problem
    point, _ = minimise(curvature, goal, 120)
    assert torch.allclose(point, goal, atol=0.01)


def test_its_memory_is_what_makes_it_fast(problem: tuple[torch.Tensor, torch.Tensor]) -> None:
    assert minimise(*problem, 60)[1] < 0.3 * minimise(*problem, 60, history=1)[1]


def test_a_goal_outside_the_range_ends_at_the_border(problem: tuple[torch.Tensor, torch.Tensor]) -> None:
    curvature, goal = problem
    point, _ = minimise(curvature, goal * 3 - 1, 150)
    assert point.min() >= 0
    assert point.max() <= 1
    assert torch.allclose(point, (goal * 3 - 1).clamp(0, 1), atol=0.05)


def test_a_step_that_went_too_far_is_halved_and_a_loss_that_stays_up_drops_the_history(
    problem: tuple[torch.Tensor, torch.Tensor],
) -> None:
    curvature, goal = problem
    x = torch.full_like(goal, 0.5).requires_grad_(True)
    optimizer, factors, kept = ProjectedLBFGS(x), iter([1.0] * 3 + [1e4] * (HALVINGS + 1)), []

    def closure() -> torch.Tensor:
        x.grad = None
        value = next(factors) * (curvature * (x - goal).square()).sum()
        value.backward()
        return value.detach()

    places = []
    for _ in range(4 + HALVINGS):
        optimizer.step(closure)
        kept.append(len(optimizer.state_dict()["pairs"]))
        places.append(x.detach().clone())
    assert kept[0] == 0
    assert kept[2] > 0
    back = [(later - earlier).abs().max() for earlier, later in pairwise(places[2 : 3 + HALVINGS])]
    assert all(torch.isclose(nearer, further / 2, rtol=1e-3) for further, nearer in pairwise(back))
    assert kept[-1] == 0
