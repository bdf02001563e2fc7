"""L-BFGS for pixels: within [0, 1], with curvature pairs from the steps really taken, and one evaluation a step.

Nocedal, "Updating Quasi-Newton Matrices with Limited Storage" (1980). PyTorch's own keeps the step it wanted, so clamping to
the pixel range falsifies its curvature, and from noise it leaves for infinity.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

WORSE = 2.0
"""A loss grown by more than this factor means that the step went too far: it is halved."""

HALVINGS = 4
"""Then it was not the step: the loss itself has changed, the curvature no longer holds, and the history is dropped."""


Pair = tuple[Tensor, Tensor, Tensor]
"""A step taken, the change of the gradient over it, and the product of the two."""


class ProjectedLBFGS:
    """Minimises over one tensor with values in [0, 1].

    rate: share of the quasi-Newton step to take. history: pairs kept. reach: the largest change of a pixel in one step.
    first: mean change of a pixel in the very first step, which has no curvature to go by.
    No `torch.optim.Optimizer`: making the first of those imports PyTorch's compiler, two seconds that nothing here needs.
    """

    def __init__(self, image: Tensor, rate: float = 1.0, history: int = 10, reach: float = 0.25, first: float = 0.01) -> None:
        self.image, self.rate, self.history, self.reach, self.first = image, rate, history, reach, first
        self._pairs: list[Pair] = []
        self._last: tuple[Tensor, Tensor, float] | None = None
        self._halved = 0

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor]) -> Tensor:
        """One step. closure: evaluates the loss and leaves its gradient with the picture. Returns the loss before the step."""
        image = self.image
        with torch.enable_grad():
            loss = closure()
        if self._last and float(loss) > WORSE * self._last[2] and self._halved < HALVINGS:
            taken, gradient, lower = self._last
            self._last, self._halved = (taken / 2, gradient, lower), self._halved + 1
            image.sub_((taken / 2).view_as(image)).clamp_(0, 1)
            return loss
        assert image.grad is not None
        gradient = image.grad.flatten().clone()
        self._remember(gradient, float(loss))
        direction = self._direction(gradient)
        direction *= self.rate * min(1.0, self.reach / (float(direction.abs().max()) + 1e-20))
        before = image.flatten().clone()
        image.add_(direction.view_as(image)).clamp_(0, 1)
        self._last, self._halved = (image.flatten() - before, gradient, float(loss)), 0
        return loss

    def _remember(self, gradient: Tensor, loss: float) -> None:
        """Adds the last step's pair where its curvature is positive, or drops everything where the loss shot up."""
        if self._last is None:
            return
        taken, before, lower = self._last
        change = gradient - before
        curvature = torch.dot(taken, change)
        if loss > WORSE * lower:
            self._pairs = []
        elif curvature > 1e-10 * taken.norm() * change.norm():
            self._pairs = [*self._pairs, (taken, change, curvature)][-self.history :]

    def _direction(self, gradient: Tensor) -> Tensor:
        """The two-loop recursion, Nocedal's algorithm on page 779."""
        if not self._pairs:
            return -gradient * (self.first / (float(gradient.abs().mean()) + 1e-20))
        q, shares = gradient.clone(), []
        for s, y, curvature in reversed(self._pairs):
            shares.append(torch.dot(s, q) / curvature)
            q.addcmul_(y, shares[-1], value=-1)
        _, y, curvature = self._pairs[-1]
        q *= curvature / torch.dot(y, y)
        for (s, y, curvature), share in zip(self._pairs, reversed(shares), strict=True):
            q.addcmul_(s, share - torch.dot(y, q) / curvature)
        return q.neg_()

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` needs to go on exactly here."""
        return {"pairs": self._pairs, "last": self._last, "halved": self._halved}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes back to a saved state, on the picture's device."""
        device = self.image.device
        self._pairs = [(s.to(device), y.to(device), curvature.to(device)) for s, y, curvature in state["pairs"]]
        self._last = None
        if state["last"] is not None:
            taken, gradient, loss = state["last"]
            self._last = (taken.to(device), gradient.to(device), loss)
        self._halved = state["halved"]
