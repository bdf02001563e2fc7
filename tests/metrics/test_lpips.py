"""Our LPIPS against torchmetrics', with random networks in the place of the trained ones and the published heads."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from impasto.encoders.vgg import VGG
from impasto.errors import WeightsError
from impasto.metrics import lpips
from impasto.metrics.published import Published

ALEXNET = (
    *((3, 64, 11, 4, 2), "relu", "pool", (64, 192, 5, 1, 2), "relu", "pool", (192, 384, 3, 1, 1), "relu"),
    *((384, 256, 3, 1, 1), "relu", (256, 256, 3, 1, 1), "relu", "pool"),
)


def as_torchvision(net: str, state: dict[str, Tensor]) -> nn.Sequential:
    """The layers of torchvision's network of that name, with these weights."""
    layers: list[nn.Module] = []
    if net == "alex":
        for step in ALEXNET:
            if isinstance(step, tuple):
                layers.append(nn.Conv2d(step[0], step[1], step[2], step[3], step[4]))
            else:
                layers.append(nn.ReLU() if step == "relu" else nn.MaxPool2d(3, 2))
    else:
        numbers = sorted({int(key.split(".")[1]) for key in state})
        for number in range(30):
            if number in numbers:
                weight = state[f"features.{number}.weight"]
                layers.append(nn.Conv2d(weight.shape[1], len(weight), 3, padding=1))
            else:
                layers.append(nn.ReLU() if number - 1 in numbers else nn.MaxPool2d(2, 2))
    features = nn.Sequential(*layers)
    features.load_state_dict({key.removeprefix("features."): value for key, value in state.items()})
    return features


@pytest.mark.parametrize("net", ["alex", "vgg"])
def test_it_is_torchmetrics_number(
    net: str,
    alexnet_state: dict[str, Tensor],
    vgg16_state: dict[str, Tensor],
    photo: Tensor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = pytest.importorskip("torchmetrics.functional.image.lpips")
    state = alexnet_state if net == "alex" else vgg16_state
    monkeypatch.setattr(theirs, "_get_tv_model_features", lambda name, pretrained: as_torchvision(net, state))
    other = photo.flip(3) * 0.7 + 0.1
    expected = theirs._LPIPS(net=net)(other, photo, normalize=True).item()
    encoder = lpips.AlexNet(state) if net == "alex" else VGG(state)
    heads = Published().heads(net)
    assert expected > 0.01
    assert lpips.lpips(other, photo, encoder, lpips.LAYERS[net], heads) == pytest.approx(expected, rel=1e-4)
    assert lpips.lpips(photo, photo, encoder, lpips.LAYERS[net], heads) == 0


def test_the_smallest_picture_that_alexnet_sees(alexnet_state: dict[str, Tensor]) -> None:
    encoder = lpips.AlexNet(alexnet_state)
    least = encoder.descriptor.min_size
    assert encoder(torch.rand(1, 3, least, least), ["relu5"])["relu5"].shape[-2:] == (1, 1)
    with pytest.raises(RuntimeError):
        encoder(torch.rand(1, 3, least - 1, least - 1), ["relu5"])


def test_other_weights_are_refused(alexnet_state: dict[str, Tensor], vgg16_state: dict[str, Tensor], tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is no AlexNet"):
        lpips.AlexNet(vgg16_state)
    with pytest.raises(WeightsError, match="is no AlexNet"):
        lpips.AlexNet({**alexnet_state, "features.3.weight": torch.zeros(192, 60, 5, 5)})
    with pytest.raises(WeightsError, match="no heads of LPIPS"):
        lpips.read_heads(alexnet_state, "alexnet.pth")
