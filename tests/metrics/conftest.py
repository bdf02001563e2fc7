"""Pictures as tensors, and published networks with random weights in their own layouts."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from impasto import images
from impasto.tensors import to_tensor

EXAMPLES = Path(__file__).parents[2] / "examples"
PHOTO, STYLE = EXAMPLES / "photos" / "pagoda.jpg", EXAMPLES / "styles" / "wave.jpg"


def picture(path: Path, longer: int = 96) -> images.Picture:
    """A real picture, small."""
    read = images.read(path)
    return read.resized(*images.fit(read.size, longer))


@pytest.fixture(scope="session")
def photo() -> Tensor:
    """1 x 3 x H x W."""
    return to_tensor(picture(PHOTO))


@pytest.fixture(scope="session")
def style() -> Tensor:
    """Of another size than `photo`."""
    return to_tensor(picture(STYLE))


@pytest.fixture(scope="session")
def alexnet_state() -> dict[str, Tensor]:
    """torchvision's layout, and its widths, which LPIPS's heads ask for."""
    generator = torch.Generator().manual_seed(1)
    shapes = {0: (64, 3, 11), 3: (192, 64, 5), 6: (384, 192, 3), 8: (256, 384, 3), 10: (256, 256, 3)}
    state = {}
    for number, (wide, deep, side) in shapes.items():
        scale = (2 / (deep * side * side)) ** 0.5
        state[f"features.{number}.weight"] = torch.randn(wide, deep, side, side, generator=generator) * scale
        state[f"features.{number}.bias"] = torch.randn(wide, generator=generator) * 0.1
    return state


@pytest.fixture(scope="session")
def vgg16_state() -> dict[str, Tensor]:
    """The same for VGG-16."""
    generator = torch.Generator().manual_seed(2)
    state, deep, number = {}, 3, 0
    for block, wide in enumerate((64, 128, 256, 512, 512)):
        for _ in range(2 if block < 2 else 3):
            state[f"features.{number}.weight"] = torch.randn(wide, deep, 3, 3, generator=generator) * (2 / (deep * 9)) ** 0.5
            state[f"features.{number}.bias"] = torch.randn(wide, generator=generator) * 0.1
            deep, number = wide, number + 2
        number += 1
    return state
