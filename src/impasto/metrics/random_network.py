"""`random`: a judge that has learned nothing, so that no painting can have been optimised against what it knows.

One layer of random filters at several scales: Ustyuzhaninov, Brendel, Gatys and Bethge, "Texture Synthesis Using Shallow
Convolutional Networks with Random Filters" (arXiv 1606.00021), found that the Gram matrices of such a network describe
textures about as well as those of a trained, deep one.
"""

from collections.abc import Iterable

import torch.nn.functional as F
from torch import Tensor, nn

from impasto.encoders.base import Descriptor, Encoder
from impasto.metrics.draws import normal

NAME = "random"
SEED = 1606
FILTERS, SIDE = 96, 7
STRIDES = (1, 2, 4, 8, 16)
CONTRAST = 2.0
"""Of 1, 2, 4 and 8 the one whose Gram errors order paintings most as VGG's features do (see `docs/evaluating.md`)."""

LAYERS = tuple(f"scale{stride}" for stride in STRIDES)


class RandomNetwork(Encoder):
    """Input: N x 3 x H x W, RGB in [0, 1]. Layers `scale1` to `scale16`, named by their stride, 96 channels each.

    A layer is max(0, w * x) of the picture x after averaging over stride x stride pixels; the filters w, 7 x 7 x 3, are the
    same at all scales. They are Gaussian with unit norm. Half of them see colour and brightness; the other half sum to 0 in
    each colour, see nothing but pattern, and are `CONTRAST` times as strong, because there is less of it in pictures.
    The paper has filters of 3 to 55 pixels, each size with its own; here the picture shrinks instead.
    """

    def __init__(self) -> None:
        super().__init__()
        self.filters = nn.Parameter(draw_filters(), requires_grad=False)
        self.descriptor = Descriptor(
            name=NAME,
            layers=LAYERS,
            strides=dict(zip(LAYERS, STRIDES, strict=True)),
            channels=dict.fromkeys(LAYERS, FILTERS),
            style_layers=LAYERS,
            content_layers=("scale4", "scale8"),
            min_size=2 * max(STRIDES),
            poolings=("max",),
            licence="Apache-2.0",
            source=f"random numbers, seed {SEED}",
        )

    def forward(self, image: Tensor, layers: Iterable[str]) -> dict[str, Tensor]:
        """See `Encoder.forward`."""
        wanted, out, x = self.descriptor.check_layers(layers), {}, image.to(self.dtype) - 0.5
        for layer in LAYERS:
            if layer in wanted:
                out[layer] = F.relu(F.conv2d(F.pad(x, (SIDE // 2,) * 4, mode="replicate"), self.filters))
            x = F.avg_pool2d(x, 2) if layer != LAYERS[-1] else x
        return out


def draw_filters() -> Tensor:
    """96 x 3 x 7 x 7 float32."""
    filters = normal(SEED, FILTERS, 3, SIDE, SIDE)
    filters[::2] -= filters[::2].mean((2, 3), keepdim=True)
    filters /= filters.flatten(1).norm(dim=1)[:, None, None, None]
    filters[::2] *= CONTRAST
    return filters.float()
