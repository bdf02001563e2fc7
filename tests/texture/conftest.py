"""What a texture model is shown in the tests: random feature maps of two layers, and random pictures."""

import pytest
import torch

from impasto import texture
from impasto.texture.base import TextureModel

Maps = dict[str, torch.Tensor]


class Shown:
    """A registered model and what it reads."""

    def __init__(self, name: str) -> None:
        self.name, self.model = name, texture.create(name)

    def fresh(self) -> TextureModel:
        return texture.create(self.name)

    def features(self, seed: int, width: int = 12) -> Maps:
        """Two layers 12 high and 6 high; the pixels 12 high where the model reads both, 48 high where it reads them alone."""
        generator, maps = torch.Generator().manual_seed(seed), {}
        if self.model.reads != "pixels":
            maps["relu1_1"] = torch.rand(1, 5, 12, width, generator=generator)
            maps["relu2_1"] = torch.rand(1, 6, 6, width // 2, generator=generator) ** 2 + 0.1 * seed
        if self.model.reads != "features":
            colours = torch.rand(1, 3, 12, width, generator=generator) ** (1 + seed)
            fine = torch.rand(1, 3, 48, 4 * width, generator=generator)
            grown = torch.nn.functional.interpolate(colours, scale_factor=4, mode="bilinear")
            maps["pixels"] = colours if maps else 0.7 * grown + 0.3 * fine
        return maps

    def distance(self, seen: Maps, target: Maps, mask: torch.Tensor | None = None) -> float:
        return self.model.distance(seen, self.model.represent(target), mask).item()


@pytest.fixture(params=texture.MODELS)
def shown(request: pytest.FixtureRequest) -> Shown:
    """Each registered model in turn."""
    return Shown(request.param)
