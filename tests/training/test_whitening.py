"""The whitened optimiser: where inputs are nearly alike it learns what gradients creep towards, and it resumes exactly."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.training.whitening import WhitenedAdam


def alike_inputs(step: int) -> Tensor:
    """8 x 4 x 16 x 16: four channels that are almost one smooth bright channel, with faint details of their own."""
    generator = torch.Generator().manual_seed(step)
    coarse = torch.rand(8, 1, 4, 4, generator=generator)
    smooth = F.interpolate(coarse, (16, 16), mode="bilinear").expand(8, 4, 16, 16)
    return 2 + smooth + 0.02 * torch.randn(8, 4, 16, 16, generator=generator)


def teacher() -> nn.Conv2d:
    torch.manual_seed(5)
    return nn.Conv2d(4, 6, 3).requires_grad_(False)


def student() -> nn.Sequential:
    torch.manual_seed(6)
    return nn.Sequential(nn.Conv2d(4, 6, 3))


def teach(network: nn.Sequential, optimizer: WhitenedAdam | torch.optim.Optimizer, first: int, last: int) -> float:
    """Trains on the steps first to last and returns the error, relative to the faint part's energy, on another batch."""
    goal = teacher()
    for step in range(first, last):
        x = alike_inputs(step)
        F.mse_loss(network(x), goal(x)).backward()
        optimizer.step()
        network.zero_grad()
    with torch.no_grad():
        x = alike_inputs(10_000)
        return F.mse_loss(network(x), goal(x)).item()


def test_it_beats_plain_gradients_on_inputs_that_are_nearly_alike() -> None:
    steps = 150
    network = student()
    whitened = teach(network, WhitenedAdam(network, lr=2e-2), 0, steps)
    rivals = {}
    for rate in (1e-3, 3e-3, 1e-2, 2e-2):
        network = student()
        rivals[f"descent {rate}"] = teach(network, torch.optim.SGD(network.parameters(), lr=rate), 0, steps)
        network = student()
        rivals[f"adam {rate}"] = teach(network, torch.optim.Adam(network.parameters(), lr=rate), 0, steps)
    finite = [error for error in rivals.values() if error == error]
    assert whitened < 0.5 * min(finite), (whitened, rivals)


def test_a_resumed_optimiser_goes_on_to_the_bit() -> None:
    network = student()
    teach(network, WhitenedAdam(network), 0, 30)
    unbroken = copy.deepcopy(network.state_dict())

    network = student()
    optimizer = WhitenedAdam(network)
    teach(network, optimizer, 0, 17)
    weights, state = copy.deepcopy(network.state_dict()), copy.deepcopy(optimizer.state_dict())
    network = student()
    network.load_state_dict(weights)
    optimizer = WhitenedAdam(network)
    optimizer.load_state_dict(state)
    teach(network, optimizer, 17, 30)
    assert all(torch.equal(value, unbroken[name]) for name, value in network.state_dict().items())


def test_looking_is_not_training() -> None:
    network = student()
    optimizer = WhitenedAdam(network)
    with torch.no_grad():
        network(alike_inputs(0))
    network.eval()(alike_inputs(0))
    assert optimizer.state["0"] == {}
