"""The decoder: from a deep feature map of our encoder back to a picture. Trained with `adain.py`; others use it too."""

import torch.nn.functional as F
from torch import Tensor, nn

from impasto.encoders.base import Descriptor
from impasto.offline.networks.arbitrary import double
from impasto.offline.networks.transformer import reflected

LAYER = "relu4_1"


class Decoder(nn.Module):
    """The mirror image of the encoder up to `layer`: the same widths, nearest-neighbour upsampling where it pools."""

    def __init__(self, encoder: Descriptor, layer: str = LAYER) -> None:
        super().__init__()
        encoder.check_layers((layer,))
        layers = [name for name in encoder.layers if name.startswith("relu")]
        layers = layers[: layers.index(layer) + 1]
        widths = [3, *(encoder.channels[name] for name in layers)]
        strides = [1, *(encoder.strides[name] for name in layers)]
        steps = list(zip(widths, widths[1:], strides, strides[1:], strict=False))[::-1]
        self.convs = nn.ModuleList([nn.Conv2d(after, before, 3) for before, after, _, _ in steps])
        self.doubles = [fine < coarse for _, _, fine, coarse in steps]

    def forward(self, feature: Tensor) -> Tensor:
        """N x C x h x w -> N x 3 x (stride h) x (stride w), about [0, 1]."""
        x = feature
        for number, (conv, doubles) in enumerate(zip(self.convs, self.doubles, strict=True)):
            x = reflected(conv, x)
            x = double(x) if doubles else x
            x = F.relu(x) if number + 1 < len(self.convs) else x
        return x


def enlarged(image: Tensor, like: Tensor) -> Tensor:
    """A decoded picture at the size of `like`: pooling has rounded odd sides down, so that a few pixels are continued."""
    missing = like.shape[-2] - image.shape[-2], like.shape[-1] - image.shape[-1]
    return F.pad(image, (0, missing[1], 0, missing[0]), mode="replicate")
