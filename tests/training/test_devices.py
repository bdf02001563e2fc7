"""Which number format a run takes, and what bfloat16 leaves as it is."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from impasto.encoders.slim import Slim
from impasto.offline.networks.both import Arbitrary
from impasto.training.devices import number_format, prepare


class Told(nn.Module):
    """Keeps what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x: Tensor, told: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        self.given = told
        return self.layer(x), told


@pytest.mark.parametrize(("precision", "kind"), [("32", torch.float32), ("bf16", torch.bfloat16)])
def test_the_number_format_is_that_of_the_layers_and_not_of_what_they_are_told(precision: str, kind: torch.dtype) -> None:
    fabric = prepare("cpu", precision=precision)
    fabric.launch()
    assert number_format(fabric) == kind
    module = fabric.setup_module(Told())
    kinds: list[torch.dtype] = []
    module.module.layer.register_forward_hook(lambda *seen: kinds.append(seen[2].dtype))
    covariance = torch.eye(3)[None] + 1e-4 * torch.rand(1, 3, 3, generator=torch.Generator().manual_seed(0))
    module(torch.rand(2, 3), {"covariance": covariance})
    assert kinds == [kind]
    assert module.module.given["covariance"].dtype == torch.float32
    assert torch.equal(module.module.given["covariance"], covariance)


def test_a_photo_of_nearly_one_tint_is_painted_in_bfloat16_as_in_full(encoder: Slim, network: Arbitrary) -> None:
    """Rounded, its covariance has a negative eigenvalue, and the map to the style's colours blows the photo up."""
    random = torch.Generator().manual_seed(3)
    grey = torch.rand(1, 1, 32, 32, generator=random)
    tint = torch.tensor([1.0, 0.97, 1.0])[None, :, None, None]
    photo = grey * tint + 2e-3 * torch.rand(1, 3, 32, 32, generator=random)
    style = torch.rand(1, 3, 32, 32, generator=random)
    network.attach(encoder)

    def painted(precision: str) -> Tensor:
        fabric = prepare("cpu", precision=precision)
        fabric.launch()
        told: list[Any] = [network.told(one, encoder(one, network.layers)) for one in (photo, style)]
        with torch.no_grad():
            pastiche: Tensor = fabric.setup_module(network)(photo, *told, torch.tensor([0.3]))
        return pastiche

    assert (painted("bf16") - painted("32")).abs().max() < 0.02
