"""Where published networks are looked for, what is said of missing ones, and what of wrong ones."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from impasto.errors import InputError, WeightsError
from impasto.metrics import published
from impasto.metrics.published import FILES, Published

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


@pytest.fixture
def alexnet_file(alexnet_state: dict[str, Tensor], tmp_path: Path) -> Path:
    path = tmp_path / "mine.pth"
    torch.save(alexnet_state, path)
    return path


def test_what_is_missing_is_named_with_the_way_to_give_it() -> None:
    for name in ("vgg19", "vgg16", "alexnet", "inception_v3", "art_inception"):
        said = Published().missing(name)
        assert said.startswith("needs ")
        assert f"--weights {name}={FILES[name][0]}" in said


def test_a_file_that_is_given(alexnet_file: Path) -> None:
    found = Published({"alexnet": alexnet_file})
    assert found.missing("alexnet") == ""
    assert found.encoder("alexnet", CPU) is found.encoder("alexnet", CPU)
    assert found.encoder("alexnet", CPU).descriptor.layers[0] == "relu1"


def test_a_file_where_torchvision_left_it(alexnet_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    alexnet_file.rename(folder / FILES["alexnet"][0])
    assert Published().missing("alexnet") == ""


def test_torchmetrics_brings_the_heads() -> None:
    pytest.importorskip("torchmetrics")
    for net, widths in (("alex", [64, 192, 384, 256, 256]), ("vgg", [64, 128, 256, 512, 512])):
        heads = Published().heads(net)
        assert [len(head) for head in heads] == widths
        assert all((head >= 0).all() for head in heads)


def test_without_torchmetrics_the_heads_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published.importlib.util, "find_spec", lambda name: None)
    assert "lpips_alex=alex.pth" in Published().missing("lpips_alex")


@pytest.mark.parametrize("name", ["vgg19", "inception_v3", "art_inception"])
def test_weights_of_something_else_are_refused(name: str, alexnet_file: Path) -> None:
    if name == "vgg19":
        torch.save({"conv9.weight": torch.zeros(3)}, alexnet_file)
    with pytest.raises(WeightsError, match="is not"):
        Published({name: alexnet_file}).encoder(name, CPU)


def test_names_and_files_that_are_not() -> None:
    with pytest.raises(InputError, match="did you mean 'alexnet'"):
        Published({"alexnot": Path("x.pth")})
    with pytest.raises(InputError, match=r"no file 'x\.pth'"):
        Published({"alexnet": Path("x.pth")})
    with pytest.raises(WeightsError, match="not on this machine"):
        Published().encoder("alexnet", CPU)
