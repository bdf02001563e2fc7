"""The optimiser of the encoder's training: Adam on convolutions whose inputs are whitened.

Neighbouring pixels and rectified channels are so alike that regression onto a teacher's features is badly conditioned: Adam
alone creeps along the faint directions that edges lie in. Reparametrising each layer by the inverse square root of its
inputs' second moments removes that: Desjardins et al., "Natural Neural Networks" (arXiv 1507.00210), section 3.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SAMPLES = 4096
"""Patches looked at when a layer's second moments are measured."""


class WhitenedAdam:
    """Adam (Kingma and Ba, arXiv 1412.6980) for a network of 3 x 3 convolutions with biases.

    The gradient of [weight, bias] (O x (9 I + 1)) is taken to coordinates in which the layer's input patches, with a constant
    1 appended, have unit second moments, stepped there, and brought back.
    every: steps between two measurements. damping: share of the mean eigenvalue added to all; memory: decay of the moments.
    """

    def __init__(
        self,
        network: nn.Module,
        lr: float = 3e-3,
        betas: tuple[float, float] = (0.9, 0.99),
        every: int = 20,
        damping: float = 3e-3,
        memory: float = 0.9,
    ) -> None:
        self.lr, self.betas, self.every, self.damping, self.memory = lr, betas, every, damping, memory
        self.convs = {name: module for name, module in network.named_modules() if isinstance(module, nn.Conv2d)}
        self.state: dict[str, dict[str, Tensor]] = {name: {} for name in self.convs}
        self.steps = 0
        for name, conv in self.convs.items():
            conv.register_forward_pre_hook(self._watcher(name))

    def _watcher(self, name: str) -> Any:
        """Measures the layer's inputs in the forward passes that are due."""

        def watch(conv: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            if conv.training and torch.is_grad_enabled() and self.steps % self.every == 0:
                self._measure(name, inputs[0].detach())

        return watch

    @torch.no_grad()
    def _measure(self, name: str, x: Tensor) -> None:
        stride = max(1, int((x.shape[0] * x.shape[2] * x.shape[3] / SAMPLES) ** 0.5))
        patches = x.unfold(2, 3, stride).unfold(3, 3, stride).permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(0, 2)
        patches = F.pad(patches, (0, 1), value=1.0)
        moments = patches.T @ patches / len(patches)
        state = self.state[name]
        seen = torch.tensor(float(len(patches)))
        if "moments" in state:
            moments, seen = torch.lerp(moments, state["moments"], self.memory), seen + self.memory * state["seen"]
        state["moments"], state["seen"] = moments, seen
        values, vectors = torch.linalg.eigh(moments)
        # Directions that too few patches have shown yet must not be taken for faint ones.
        damping = self.damping + 0.1 * len(values) / seen.item()
        values = values.clamp_min(0) + damping * values.mean()
        state["root"] = (vectors * values.rsqrt()) @ vectors.T

    @torch.no_grad()
    def step(self) -> None:
        """One step with the gradients that the network holds, which are then cleared."""
        self.steps += 1
        b1, b2 = self.betas
        for name, conv in self.convs.items():
            assert conv.weight.grad is not None and conv.bias is not None and conv.bias.grad is not None
            gradient = torch.cat([conv.weight.grad.flatten(1), conv.bias.grad[:, None]], 1)
            state = self.state[name]
            gradient = gradient @ state["root"]
            if "mean" not in state:
                state["mean"], state["square"] = torch.zeros_like(gradient), torch.zeros_like(gradient)
            state["mean"].lerp_(gradient, 1 - b1)
            state["square"].lerp_(gradient.square(), 1 - b2)
            mean, square = state["mean"] / (1 - b1**self.steps), state["square"] / (1 - b2**self.steps)
            update = (mean / (square.sqrt() + 1e-12)) @ state["root"]
            rate = self.lr * (28 / gradient.shape[1]) ** 0.6
            conv.weight -= rate * update[:, :-1].reshape(conv.weight.shape)
            conv.bias -= rate * update[:, -1]
            conv.weight.grad = conv.bias.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Everything that a resumed run needs."""
        return {"steps": self.steps, "layers": self.state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from a saved state."""
        self.steps, self.state = state["steps"], state["layers"]
