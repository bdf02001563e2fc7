"""Inception-v3 (Szegedy et al., arXiv 1512.00567) up to its last block, in torchvision's key layout, layers by block name.

Channels are inferred from the weights, batch normalisation is folded into the convolutions, and the classifier and its
auxiliary twin are left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.encoders.base import Descriptor, Encoder
from impasto.errors import InputError, WeightsError

_EPSILON = 0.001  # of the batch normalisation

Branch = tuple[str | tuple[str, ...], ...]  # convolutions one after another; a tuple: side by side, concatenated


@dataclass(frozen=True)
class _Stage:
    """One layer. branches: side by side on the same input, concatenated; none for a lone pooling. pool: `average` has a
    `branch_pool` after it; `max` halves the size, and so does every branch's last convolution."""

    name: str
    branches: tuple[Branch, ...] = ()
    pool: str = ""
    stride: int = 1
    kernel: int = 1
    padding: int = 0

    @property
    def units(self) -> tuple[str, ...]:
        """The prefixes of its convolutions' keys."""
        flat = [unit for branch in self.branches for step in branch for unit in ((step,) if isinstance(step, str) else step)]
        flat += ["branch_pool"] if self.pool == "average" else []
        return tuple(f"{self.name}.{unit}" if unit else self.name for unit in flat)


def _chain(prefix: str, length: int) -> Branch:
    return tuple(f"{prefix}_{number}" for number in range(1, length + 1))


def _convolution(name: str, kernel: int, stride: int = 1, padding: int = 0) -> _Stage:
    return _Stage(name, (("",),), stride=stride, kernel=kernel, padding=padding)


def _mixed(name: str, *branches: Branch) -> _Stage:
    return _Stage(name, branches, "average")


def _reduction(name: str, *branches: Branch) -> _Stage:
    return _Stage(name, branches, "max", stride=2, kernel=3)


_A = (("branch1x1",), _chain("branch5x5", 2), _chain("branch3x3dbl", 3))
_B = (("branch3x3",), _chain("branch3x3dbl", 3))
_C = (("branch1x1",), _chain("branch7x7", 3), _chain("branch7x7dbl", 5))
_D = (_chain("branch3x3", 2), _chain("branch7x7x3", 4))
_E: tuple[Branch, ...] = (
    ("branch1x1",),
    ("branch3x3_1", ("branch3x3_2a", "branch3x3_2b")),
    ("branch3x3dbl_1", "branch3x3dbl_2", ("branch3x3dbl_3a", "branch3x3dbl_3b")),
)

_STAGES = (
    _convolution("Conv2d_1a_3x3", 3, stride=2),
    _convolution("Conv2d_2a_3x3", 3),
    _convolution("Conv2d_2b_3x3", 3, padding=1),
    _reduction("maxpool1"),
    _convolution("Conv2d_3b_1x1", 1),
    _convolution("Conv2d_4a_3x3", 3),
    _reduction("maxpool2"),
    *(_mixed(f"Mixed_5{letter}", *_A) for letter in "bcd"),
    _reduction("Mixed_6a", *_B),
    *(_mixed(f"Mixed_6{letter}", *_C) for letter in "bcde"),
    _reduction("Mixed_7a", *_D),
    *(_mixed(f"Mixed_7{letter}", *_E) for letter in "bc"),
)


def is_inception(state: Mapping[str, Tensor]) -> bool:
    """Whether the keys are those of torchvision's Inception-v3."""
    return "Conv2d_1a_3x3.conv.weight" in state


class InceptionV3(Encoder):
    """Input: N x 3 x H x W, RGB in [0, 1]; layers `Conv2d_1a_3x3` ... `Mixed_7c`, most without padding at the borders, so
    their sizes are a little below H / stride.

    The published weights come from TensorFlow and expect [-1, 1]. torchvision's `transform_input` exists only to undo its
    usual ImageNet normalising into that range; both together are 2 x - 1, which is what is done here.
    A state that ends at an earlier block serves the layers it has. Raises WeightsError when a block is incomplete.
    """

    def __init__(
        self,
        state: Mapping[str, Tensor],
        *,
        pooling: str = "max",
        name: str = "inception_v3",
        licence: str = "unknown",
        source: str = "unknown",
    ) -> None:
        super().__init__()
        if pooling != "max":
            raise InputError(f"encoder '{name}' has no {pooling} pooling; use --pooling max")
        self.stages = _present(state, name)
        self.units = nn.ModuleDict()
        layers, strides, channels, stride, width = [], {}, {}, 1, 3
        for stage in self.stages:
            for unit in stage.units:
                self.units[unit.replace(".", "/")] = _folded(state, unit, stage, name)
            stride *= stage.stride
            width = self._flow(stage, width, name)
            layers.append(stage.name)
            strides[stage.name], channels[stage.name] = stride, width
        self.descriptor = Descriptor(
            name=name,
            layers=tuple(layers),
            strides=strides,
            channels=channels,
            style_layers=tuple(x for x in ("Conv2d_2b_3x3", "Conv2d_4a_3x3", "Mixed_5d", "Mixed_6e") if x in strides),
            content_layers=("Mixed_5d",) if "Mixed_5d" in strides else (layers[-1],),
            min_size=_smallest(self.stages),
            poolings=("max",),
            licence=licence,
            source=source,
        )
        self.eval()

    def _unit(self, stage: _Stage, unit: str) -> nn.Conv2d:
        conv = self.units[f"{stage.name}/{unit}" if unit else stage.name]
        assert isinstance(conv, nn.Conv2d)
        return conv

    def _flow(self, stage: _Stage, before: int, name: str) -> int:
        """Channels after the stage. Raises WeightsError where its convolutions do not fit together."""
        total = before if stage.pool == "max" else 0
        for branch in (*stage.branches, *([("branch_pool",)] if stage.pool == "average" else [])):
            width = before
            for step in branch:
                sides = [self._unit(stage, side) for side in ((step,) if isinstance(step, str) else step)]
                if wrong := [conv for conv in sides if conv.in_channels != width]:
                    shape = tuple(wrong[0].weight.shape)
                    raise WeightsError(f"'{name}' is damaged: {stage.name} has shape {shape}, not (*, {width}, ...)")
                width = sum(conv.out_channels for conv in sides)
            total += width
        return total

    def _branch(self, stage: _Stage, branch: Branch, x: Tensor) -> Tensor:
        for step in branch:
            sides = (step,) if isinstance(step, str) else step
            x = _join([F.relu(self._unit(stage, side)(x), inplace=True) for side in sides])
        return x

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """See `Encoder.forward`. A feature map keeps the weights' dtype."""
        wanted = self.descriptor.check_layers(layers)
        out: dict[str, Tensor] = {}
        if not wanted:
            return out
        x = (image * 2 - 1).to(self.dtype)
        for stage in self.stages[: self.descriptor.layers.index(wanted[-1]) + 1]:
            outputs = [self._branch(stage, branch, x) for branch in stage.branches]
            if stage.pool == "average":
                outputs.append(self._branch(stage, ("branch_pool",), F.avg_pool2d(x, 3, 1, 1)))
            elif stage.pool == "max":
                outputs.append(F.max_pool2d(x, 3, 2))
            x = _join(outputs)
            if stage.name in wanted:
                out[stage.name] = x
        return out


def _join(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)


def _present(state: Mapping[str, Tensor], name: str) -> tuple[_Stage, ...]:
    """The stages whose weights are all there, up to the first that is not."""
    stages: list[_Stage] = []
    for stage in _STAGES:
        missing = [unit for unit in stage.units if f"{unit}.conv.weight" not in state]
        if missing and len(missing) < len(stage.units):
            raise WeightsError(f"'{name}' is damaged: {missing[0]}.conv.weight is missing")
        if missing:
            break
        stages.append(stage)
    while stages and not stages[-1].units:
        stages.pop()
    if not stages:
        raise WeightsError(f"'{name}' is no Inception-v3: Conv2d_1a_3x3.conv.weight is missing")
    return tuple(stages)


def _folded(state: Mapping[str, Tensor], unit: str, stage: _Stage, name: str) -> nn.Conv2d:
    """The convolution with its batch normalisation (of evaluation) folded in: w g / s and b - m g / s, s = sqrt(v + eps)."""
    keys = (f"{unit}.conv.weight", *(f"{unit}.bn.{key}" for key in ("weight", "bias", "running_mean", "running_var")))
    if lacking := [key for key in keys if key not in state]:
        raise WeightsError(f"'{name}' is damaged: {lacking[0]} is missing")
    weight, gain, bias, mean, variance = (state[key].detach().to(torch.float64) for key in keys)
    factor = gain / torch.sqrt(variance + _EPSILON)
    stride, padding = 1, (weight.shape[2] // 2, weight.shape[3] // 2)
    if not stage.pool:
        stride, padding = stage.stride, (stage.padding, stage.padding)
    elif stage.pool == "max" and unit.split(".")[-1] in {branch[-1] for branch in stage.branches}:
        stride, padding = 2, (0, 0)
    kernel = (weight.shape[2], weight.shape[3])
    conv = nn.Conv2d(weight.shape[1], len(weight), kernel, stride=stride, padding=padding, device="meta")
    folded, shift = weight * factor[:, None, None, None], bias - mean * factor
    if not (folded.isfinite().all() and shift.isfinite().all()):
        raise WeightsError(f"'{name}' is damaged: {unit} holds values that are not finite")
    conv.weight = nn.Parameter(folded.to(torch.float32), requires_grad=False)
    conv.bias = nn.Parameter(shift.to(torch.float32), requires_grad=False)
    return conv


def _smallest(stages: tuple[_Stage, ...]) -> int:
    """The shorter side from which the last stage gets one feature: the stages' arithmetic backwards."""
    size = 1
    for stage in reversed(stages):
        size = max(1, (size - 1) * stage.stride + stage.kernel - 2 * stage.padding)
    return size
