"""L-BFGS for pixels: within [0, 1], with curvature pairs from the steps really taken, and one evaluation a step.

Nocedal, "Updating Quasi-Newton Matrices with Limited Storage" (1980). PyTorch's own keeps the step it wanted, so clamping to
the pixel range falsifies its curvature, and from noise it leaves for infinity.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

WORSE = 2.0
"""A loss grown by more than this factor means that the step went too far: it is halved."""

HALVINGS = 4
"""Then it was not the step: the loss itself has changed, the curvature no longer holds, and the history is dropped."""


class ProjectedLBFGS(torch.optim.Optimizer):
    """Minimises over one tensor with values in [0, 1].

    lr: share of the quasi-Newton step to take. history: pairs kept. reach: the largest change of a pixel in one step.
    first: mean change of a pixel in the very first step, which has no curvature to go by.
    """

    def __init__(self, image: Tensor, lr: float = 1.0, history: int = 10, reach: float = 0.25, first: float = 0.01) -> None:
        super().__init__([image], {"lr": lr, "history": history, "reach": reach, "first": first})

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor]) -> Tensor:  # type: ignore[override]
        """One step. closure: evaluates the loss and leaves its gradient with the picture. Returns the loss before the step."""
        group = self.param_groups[0]
        image = group["params"][0]
        with torch.enable_grad():
            loss = closure()
        state = self.state[image]
        if float(loss) > WORSE * state.get("loss", float("inf")) and state["halved"] < HALVINGS:
            state["taken"] = state["taken"] / 2
            state["halved"] += 1
            image.sub_(state["taken"].view_as(image)).clamp_(0, 1)
            return loss
        gradient = image.grad.flatten().clone()
        self._remember(state, gradient, float(loss), group["history"])
        direction = self._direction(state, gradient, group["first"])
        direction *= group["lr"] * min(1.0, group["reach"] / (float(direction.abs().max()) + 1e-20))
        before = image.flatten().clone()
        image.add_(direction.view_as(image)).clamp_(0, 1)
        state.update(taken=image.flatten() - before, gradient=gradient, loss=float(loss), halved=0)
        return loss

    def _remember(self, state: dict[str, Any], gradient: Tensor, loss: float, history: int) -> None:
        """Adds the last step's pair where its curvature is positive, or drops everything where the loss shot up."""
        state.setdefault("steps", [])
        state.setdefault("changes", [])
        if "gradient" not in state:
            return
        taken, change = state["taken"], gradient - state["gradient"]
        if loss > WORSE * state["loss"]:
            state.update(steps=[], changes=[])
        elif torch.dot(taken, change) > 1e-10 * taken.norm() * change.norm():
            state["steps"] = [*state["steps"], taken][-history:]
            state["changes"] = [*state["changes"], change][-history:]

    def _direction(self, state: dict[str, Any], gradient: Tensor, first: float) -> Tensor:
        """The two-loop recursion, Nocedal's algorithm on page 779."""
        steps, changes = state["steps"], state["changes"]
        if not steps:
            return -gradient * (first / (float(gradient.abs().mean()) + 1e-20))
        q, shares = gradient.clone(), []
        for s, y in zip(reversed(steps), reversed(changes), strict=True):
            shares.append(torch.dot(s, q) / torch.dot(s, y))
            q -= shares[-1] * y
        q *= torch.dot(steps[-1], changes[-1]) / torch.dot(changes[-1], changes[-1])
        for s, y, share in zip(steps, changes, reversed(shares), strict=True):
            q += (share - torch.dot(y, q) / torch.dot(s, y)) * s
        return -q
