"""Teaching our slim encoder to see what a larger one sees: which channels, the loss; nothing of the loop.

Feature distillation with the error relative to the energy as the measure, in the teacher's own channels and, where the
teacher has side branches, in the wide network's channels that they rebuild (Wang et al. 2020, arXiv 2003.08436).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from impasto.encoders.base import Encoder
from impasto.encoders.slim import Slim
from impasto.errors import InputError

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1")
DEAD = 1e-4
FIRST = "convs.conv1_1"
CONTRAST, MIDDLE = 4.0, 0.45
"""The student learns on CONTRAST * (image - MIDDLE), about zero mean and unit variance."""


class Student(Slim):
    """A slim encoder on contrast-stretched input, from a random start. `folded` gives the plain encoder."""

    def __init__(self, widths: Mapping[str, int]) -> None:
        super().__init__(widths)
        for conv in self.convolutions().values():
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            nn.init.zeros_(conv.bias)  # type: ignore[arg-type]

    def convolutions(self) -> dict[str, nn.Conv2d]:
        """The layers by name, in order."""
        return {name: conv for name, conv in self.convs.items() if isinstance(conv, nn.Conv2d)}

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        return super().forward(CONTRAST * (image - MIDDLE), layers)

    def convolve(self, conv: nn.Conv2d, x: Tensor) -> Tensor:
        """As the base class, but calling the module, which the optimiser listens to."""
        return F.relu(conv(F.pad(x, (1, 1, 1, 1), mode="reflect")))

    def forced(self, image: Tensor, taught: Mapping[str, Tensor], survey: "Survey") -> dict[str, Tensor]:
        """The taught layers' features, each computed from features of the taught layer before.

        Half of the batch takes the teacher's, the other half the student's own, through which no gradient flows.
        Every block is then a shallow network of its own, which learns many times faster than the whole from scratch; its own
        input teaches it to mend the errors of the blocks before. A last phase in which the whole learnt as one was tried: its
        error on photos was no lower, and far from photos, on noise, its deep features answered with three to six times the
        teacher's energy, so that paintings filled with coloured speckle.
        """
        x, previous, out = CONTRAST * (image - MIDDLE), None, {}
        for layer in self.descriptor.layers:
            x, previous = self.advance(x, previous, layer), layer
            if layer in taught:
                out[layer] = x
                half = (len(x) + 1) // 2
                x = torch.cat([taught[layer][:half, survey.alive[layer]] / survey.scale[layer], x[half:].detach()])
        return out

    @torch.no_grad()
    def folded(self) -> Slim:
        """The same function with the contrast stretch in its first convolution; exact, because the padding reflects."""
        plain = Slim({name.removeprefix("conv"): conv.out_channels for name, conv in self.convolutions().items()})
        state = {key: value.clone() for key, value in self.state_dict().items()}
        state[FIRST + ".bias"] -= CONTRAST * MIDDLE * state[FIRST + ".weight"].sum((1, 2, 3))
        state[FIRST + ".weight"] *= CONTRAST
        plain.load_state_dict(state)
        return plain.eval().requires_grad_(False)

    @torch.no_grad()
    def load_folded(self, weights: Mapping[str, Tensor]) -> None:
        """Takes over the weights of a plain encoder: the inverse of `folded`.

        Where it is narrower than this network, the channels that it lacks begin at random and are not yet listened to. Raises
        InputError for one of another depth, or a wider one.
        """
        state = {key: value.float() for key, value in weights.items()}
        state[FIRST + ".weight"] = state[FIRST + ".weight"] / CONTRAST
        state[FIRST + ".bias"] = state[FIRST + ".bias"] + CONTRAST * MIDDLE * state[FIRST + ".weight"].sum((1, 2, 3))
        own = self.state_dict()
        if state.keys() != own.keys() or any(value.dim() != own[key].dim() for key, value in state.items()):
            raise InputError("these weights have other layers than this teacher asks for; leave --from out to begin at random")
        for key, value in state.items():
            if any(new < old for new, old in zip(own[key].shape, value.shape, strict=True)):
                raise InputError(f"these weights are of a wider network ({key}); leave --from out to begin at random")
            own[key][tuple(slice(size) for size in value.shape)] = value
            if value.dim() == 4:
                own[key][: value.shape[0], value.shape[1] :] = 0
        self.load_state_dict(own)


@dataclass(frozen=True)
class Survey:
    """What the teacher's channels do on real pictures.

    alive: indices, by layer, of the channels that ever fire; a student needs no others.
    scale: root mean square activation by layer; the student learns the features divided by it.
    """

    alive: dict[str, Tensor]
    scale: dict[str, float]

    @property
    def widths(self) -> dict[str, int]:
        """Channels worth having, by layer."""
        return {layer: len(index) for layer, index in self.alive.items()}


@torch.no_grad()
def survey(teacher: Encoder, batches: Iterable[Tensor]) -> Survey:
    """Looks through the teacher at N x 3 x H x W batches and notes its live channels and scales."""
    means: dict[str, list[Tensor]] = {layer: [] for layer in LAYERS}
    squares: dict[str, list[Tensor]] = {layer: [] for layer in LAYERS}
    for batch in batches:
        for layer, feature in teacher(batch, LAYERS).items():
            means[layer].append(feature.mean((0, 2, 3)))
            squares[layer].append(feature.square().mean())
    scale = {layer: torch.stack(values).mean().sqrt().item() for layer, values in squares.items()}
    alive = {layer: (torch.stack(m).mean(0) > DEAD * scale[layer]).nonzero().flatten() for layer, m in means.items()}
    return Survey(alive, scale)


def relative_error(student: Tensor, teacher: Tensor) -> Tensor:
    """Squared error over the teacher's energy, for each picture, averaged: 0 is a perfect copy, 1 no better than nothing.

    student, teacher: N x C x h x w. Relative for each picture, or the few of highest contrast would be all that counts.
    """
    energy = teacher.square().mean((1, 2, 3))
    return ((student - teacher).square().mean((1, 2, 3)) / (energy + 0.05 * energy.mean() + 1e-8)).mean()


def channel_error(student: Tensor, teacher: Tensor) -> Tensor:
    """As `relative_error`, but of each channel by itself, so that a faint channel counts as much as a strong one."""
    energy = teacher.square().mean((2, 3))
    floor = 0.1 * energy.mean(0) + 0.003 * energy.mean() + 1e-8
    return ((student - teacher).square().mean((2, 3)) / (energy + floor)).mean()


def as_teacher(layer: str, feature: Tensor, teacher: Encoder, survey: Survey) -> Tensor:
    """The student's feature map in the teacher's channels and scale: N x C' x h x w, the dead channels zero."""
    shape = (len(feature), teacher.descriptor.channels[layer], *feature.shape[2:])
    full = feature.new_zeros(shape).contiguous(memory_format=torch.channels_last)
    return full.index_copy(1, survey.alive[layer].to(feature.device), feature * survey.scale[layer])


def distillation_loss(
    seen: Mapping[str, Tensor], taught: Mapping[str, Tensor], teacher: Encoder, survey: Survey
) -> tuple[Tensor, dict[str, float]]:
    """Mean over the layers of `relative_error` and `channel_error`, and the first's value by layer.

    seen, taught: {layer: N x C x h x w}.
    """
    total, by_layer = torch.zeros((), device=next(iter(taught.values())).device), {}
    expand: Callable[[str, Tensor], Tensor | None] = getattr(teacher, "expand", lambda layer, feature: None)
    for layer, target in taught.items():
        loss = relative_error(seen[layer] * survey.scale[layer], target[:, survey.alive[layer]])
        by_layer[layer] = loss.item()
        loss = (loss + channel_error(seen[layer] * survey.scale[layer], target[:, survey.alive[layer]])) / 2
        thin = max(1, 4 // teacher.descriptor.strides[layer])  # the wide maps of the first layers are large and alike
        wide = expand(layer, target[..., ::thin, ::thin])
        if wide is not None:
            rebuilt = expand(layer, as_teacher(layer, seen[layer][..., ::thin, ::thin], teacher, survey))
            assert rebuilt is not None
            loss = (loss + relative_error(rebuilt, wide)) / 2
        total = total + loss
    return total / len(taught), by_layer
