"""Which input a file of VGG weights was trained for, when nobody says: torchvision's or Caffe's.

The keys are the same. The first layer's magnitudes do not tell either, though its inputs differ by a factor of 57: the
published Caffe filters (0.43, 0.12, 0.03, ... in VGG-16) and biases are no smaller than torchvision's, and it is the
activations that are that much larger, all the way to the last layers. So three things are asked, the surest first.
"""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.encoders.vgg import CONVENTIONS, VGG

# First numbers of published VGG-16's, to four digits, as many public listings print them: of torchvision's first biases;
# of Caffe's upper left corners of the first three filters (blue channel). Fine-tuned and cut-off copies keep them nearly.
_TORCHVISION_BIASES = (0.4034, 0.3778, 0.4644, -0.3228)
_CAFFE_CORNERS = (0.4295, 0.1173, 0.0340)
_NEAR = 0.02

# Logits are log-odds: a trained classifier's spread by 1 to 4 over the classes. Wrongly scaled input changes that 57-fold.
_TOO_SURE = 20.0


def recognise_convention(state: Mapping[str, Tensor], name: str = "vgg") -> tuple[str, str]:
    """(`torchvision` or `caffe`, why) for a VGG's weights, by layout, by published numbers, or by its own classifier.

    Gatys's layout (`conv1_1.weight`) exists for the Caffe weights only. With nothing to go by: torchvision, "assumed".
    """
    if "conv1_1.weight" in state:
        return "caffe", "by its key layout"
    prefix = "features.0" if "features.0.weight" in state else "0"
    weight, bias = state[f"{prefix}.weight"].float(), state[f"{prefix}.bias"].float()
    if _is_near(bias, _TORCHVISION_BIASES):
        return "torchvision", "by its first layer"
    if _is_near(weight[:, 0, 0, 0], _CAFFE_CORNERS):
        return "caffe", "by its first layer"
    spread = _logit_spread(state, name)
    if spread is None:
        return "torchvision", "assumed"
    return ("torchvision" if spread > _TOO_SURE else "caffe"), "by its classifier"


def _is_near(values: Tensor, published: tuple[float, ...]) -> bool:
    expected = torch.tensor(published)
    return len(values) >= len(published) and bool((values[: len(published)] - expected).abs().max() < _NEAR)


def _logit_spread(state: Mapping[str, Tensor], name: str) -> float | None:
    """Standard deviation of the logits for a natural-looking picture read as Caffe's, or None without a fitting classifier."""
    keys = sorted((key for key in state if key.startswith("classifier.") and key.endswith(".weight")), key=_index)
    encoder = VGG(state, convention="caffe", name=name)
    if len(keys) != 3 or "pool5" not in encoder.descriptor.layers:
        return None
    with torch.inference_mode():
        x = encoder(_clouds(), ["pool5"])["pool5"].flatten(1)
        for number, key in enumerate(keys):
            weight = state[key].float()
            if x.shape[1] != weight.shape[1]:
                return None
            x = F.linear(F.relu(x) if number else x, weight, state[key.replace("weight", "bias")].float())
    return float(x.std())


def _index(key: str) -> int:
    return int(key.split(".")[1])


def _clouds() -> Tensor:
    """A 224 x 224 picture with the 1/f spectrum of photographs (Field 1987), 1 x 3 x 224 x 224 in [0, 1]."""
    noise = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    y, x = torch.meshgrid(torch.fft.fftfreq(224), torch.fft.fftfreq(224), indexing="ij")
    radius = torch.sqrt(x**2 + y**2).clamp(min=1 / 224)
    picture: Tensor = torch.fft.ifft2(torch.fft.fft2(noise) / radius).real
    mean, std = torch.tensor(CONVENTIONS["torchvision"].mean), torch.tensor(CONVENTIONS["torchvision"].std)
    picture = picture / picture.std() * std.view(3, 1, 1) + mean.view(3, 1, 1)
    return picture.clamp(0, 1)
