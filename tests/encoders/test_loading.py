"""From files of every kind to encoders: what is read, what is recognised, what is refused and in which words."""

import dataclasses
import itertools
import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from impasto.encoders import registry
from impasto.encoders.loading import load_encoder, read_state_dict
from impasto.encoders.recognise import recognise_convention
from impasto.encoders.slim import Slim
from impasto.encoders.vgg import VGG
from impasto.errors import InputError, WeightsError
from impasto.weights.catalogue import CATALOGUE

VGG16 = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)


def make_vgg(indices: tuple[int, ...] = VGG16, width: int = 4) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(0)
    state, channels = {}, 3
    for index in indices:
        state[f"features.{index}.weight"] = (
            torch.randn(width, channels, 3, 3, generator=generator) * (2 / (9 * channels)) ** 0.5
        )
        state[f"features.{index}.bias"] = torch.zeros(width)
        channels = width
    return state


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No weights on this machine, and a mirror that nobody answers."""
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("IMPASTO_WEIGHTS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path


def assert_same(got: dict[str, Tensor], expected: dict[str, Tensor]) -> None:
    assert got.keys() == expected.keys()
    assert all(torch.equal(got[key], expected[key]) for key in expected)


@pytest.mark.parametrize("wrapper", [None, "state_dict", "model", "params_ema"])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.module."])
@pytest.mark.parametrize("kind", ["zip", "legacy"])
def test_pth_files_are_unwrapped(tmp_path: Path, wrapper: str | None, prefix: str, kind: str) -> None:
    state = make_vgg((0, 2))
    prefixed = {prefix + key: value for key, value in state.items()}
    content = {wrapper: prefixed, "epoch": 3} if wrapper else prefixed
    torch.save(content, tmp_path / "a.pth", _use_new_zipfile_serialization=kind == "zip")
    assert_same(read_state_dict(tmp_path / "a.pth"), state)


def test_safetensors_files_whatever_their_name(tmp_path: Path) -> None:
    state = make_vgg((0, 2))
    for name in ("a.safetensors", "b.bin"):
        save_file(state, tmp_path / name)
        assert_same(read_state_dict(tmp_path / name), state)


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("boom",))


def write(path: Path, kind: str) -> None:
    whole = path.with_name("whole")
    if kind == "code":
        torch.save({"features.0.weight": Bomb()}, path)
    elif kind == "module":
        torch.save(torch.nn.Conv2d(3, 4, 3), path)
    elif kind == "plain pickle":
        path.write_bytes(pickle.dumps({"features.0.weight": Bomb()}, protocol=2))
    elif kind == "truncated zip":
        torch.save(make_vgg((0, 2)), whole)
        path.write_bytes(whole.read_bytes()[:-200])
    elif kind == "truncated legacy":
        torch.save(make_vgg((0, 2)), whole, _use_new_zipfile_serialization=False)
        path.write_bytes(whole.read_bytes()[:-200])
    elif kind == "truncated safetensors":
        save_file(make_vgg((0, 2)), whole)
        path.write_bytes(whole.read_bytes()[:-200])
    elif kind == "web page":
        path.write_text("<!DOCTYPE html><html><body>404</body></html>")
    elif kind == "empty":
        path.touch()
    elif kind == "numbers":
        torch.save([torch.zeros(2)], path)
    elif kind == "no tensors":
        torch.save({"epoch": 3}, path)
    elif kind == "something else":
        torch.save({"layer.weight": torch.zeros(2)}, path)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("code", "would run code when it is read"),
        ("module", "would run code when it is read"),
        ("plain pickle", "would run code when it is read|is damaged or no file of weights"),
        ("truncated zip", "is damaged or no file of weights"),
        ("truncated legacy", "is damaged or no file of weights"),
        ("truncated safetensors", "is damaged or no safetensors file"),
        ("web page", "is no file of weights"),
        ("empty", "is empty"),
        ("numbers", "holds no named weights"),
        ("no tensors", "holds no named weights"),
        ("something else", "holds no encoder that Impasto knows.*layer.weight"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, kind: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.pth"
    write(path, kind)
    with pytest.raises(WeightsError, match=message) as caught:
        load_encoder(path)
    assert str(caught.value).startswith("'mine.pth' ")
    assert "\n" not in str(caught.value)
    assert "boom" not in capsys.readouterr().out


def test_a_folder_and_random_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot read"):
        read_state_dict(tmp_path)
    generator = torch.Generator().manual_seed(0)
    for number in range(40):
        noise = bytes(torch.randint(0, 256, (300,), generator=generator, dtype=torch.uint8).tolist())
        for head in (b"PK\x03\x04", b"\x80\x02", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", b"\x10\0\0\0\0\0\0\0{"):
            path = tmp_path / f"{number}.pth"
            path.write_bytes(head + noise)
            with pytest.raises(WeightsError):
                read_state_dict(path)


def test_a_file_becomes_an_encoder(tmp_path: Path) -> None:
    save_file(make_vgg(), tmp_path / "thin.safetensors")
    encoder = load_encoder(str(tmp_path / "thin.safetensors"), "average", "cpu", torch.bfloat16)
    assert isinstance(encoder, VGG)
    assert (encoder.pooling, encoder.dtype, encoder.training) == ("average", torch.bfloat16, False)
    assert encoder.descriptor.name == "thin.safetensors"
    assert "torchvision convention, assumed" in encoder.descriptor.source
    assert not any(parameter.requires_grad for parameter in encoder.parameters())


def test_a_slim_file_becomes_a_slim_encoder(tmp_path: Path) -> None:
    widths = {"1_1": 4, "2_1": 5}
    save_file(Slim(widths).state_dict(), tmp_path / "slim.safetensors")
    encoder = registry.load(str(tmp_path / "slim.safetensors"))
    assert isinstance(encoder, Slim)
    assert encoder.descriptor.channels == {"relu1_1": 4, "relu2_1": 5}
    state = Slim(widths).state_dict()
    del state["convs.conv1_1.bias"]
    save_file(state, tmp_path / "cut.safetensors")
    with pytest.raises(WeightsError, match=r"'cut\.safetensors' is damaged"):
        load_encoder(tmp_path / "cut.safetensors")


def put(name: str, state: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Lays small weights where the named ones belong."""
    monkeypatch.setitem(CATALOGUE, name, dataclasses.replace(CATALOGUE[name], size=None))
    folder = tmp_path / "home" / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(state, folder / CATALOGUE[name].file)


@pytest.mark.parametrize(("name", "convention"), [("vgg16", "torchvision"), ("vgg16-caffe", "caffe")])
def test_a_name_is_read_with_its_convention(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, convention: str
) -> None:
    state = make_vgg()
    put(name, state, monkeypatch, tmp_path)
    encoder = registry.load(name, pooling="l2")
    image = torch.rand(1, 3, 32, 32)
    expected = VGG(state, convention=convention, pooling="l2")(image, ["relu3_1"])["relu3_1"]
    assert torch.equal(encoder(image, ["relu3_1"])["relu3_1"], expected)
    assert encoder.descriptor.licence == registry.describe(name).licence
    assert encoder.descriptor.name == name


def test_a_file_named_as_published_is_read_with_its_convention(tmp_path: Path) -> None:
    torch.save(make_vgg(), tmp_path / "vgg19-d01eb7cb.pth")
    encoder = load_encoder(tmp_path / "vgg19-d01eb7cb.pth")
    assert isinstance(encoder, VGG)
    assert encoder.convention == "caffe"


def test_the_convention_can_be_told_and_written_into_the_file(tmp_path: Path) -> None:
    save_file(make_vgg(), tmp_path / "a.safetensors", metadata={"convention": "caffe", "licence": "mine"})
    encoder = load_encoder(tmp_path / "a.safetensors")
    assert isinstance(encoder, VGG)
    assert (encoder.convention, encoder.descriptor.licence) == ("caffe", "mine")
    encoder = load_encoder(tmp_path / "a.safetensors", convention="torchvision")
    assert isinstance(encoder, VGG)
    assert encoder.convention == "torchvision"
    save_file(Slim({"1_1": 4}).state_dict(), tmp_path / "slim.safetensors")
    with pytest.raises(InputError, match="is no VGG"):
        load_encoder(tmp_path / "slim.safetensors", convention="caffe")
    with pytest.raises(InputError, match="is known; leave it out"):
        load_encoder("vgg16", convention="caffe")


def test_published_first_layers_are_recognised() -> None:
    state = make_vgg((0, 2), width=8)
    assert recognise_convention(state) == ("torchvision", "assumed")
    state["features.0.bias"] = torch.tensor([0.4034, 0.3778, 0.4644, -0.3228, 0, 0, 0, 0])
    assert recognise_convention(state) == ("torchvision", "by its first layer")
    state["features.0.bias"] = torch.zeros(8)
    state["features.0.weight"][:3, 0, 0, 0] = torch.tensor([0.4290, 0.1180, 0.0333])
    assert recognise_convention(state) == ("caffe", "by its first layer")


def test_gatys_layout_is_caffes() -> None:
    state = {f"conv1_1.{kind}": make_vgg((0,))[f"features.0.{kind}"] for kind in ("weight", "bias")}
    assert recognise_convention(state)[0] == "caffe"


@pytest.mark.parametrize("convention", ["torchvision", "caffe"])
def test_a_whole_network_is_recognised_by_its_classifier(convention: str) -> None:
    """The last layer is scaled so that the network is as sure of itself as a trained one, on another picture."""
    state = make_vgg()
    generator = torch.Generator().manual_seed(1)
    sizes = (4 * 49, 32, 32, 100)
    for index, (inputs, outputs) in zip((0, 3, 6), itertools.pairwise(sizes), strict=True):
        state[f"classifier.{index}.weight"] = torch.randn(outputs, inputs, generator=generator) * (2 / inputs) ** 0.5
        state[f"classifier.{index}.bias"] = torch.zeros(outputs)
    coarse = torch.rand(1, 3, 7, 7, generator=generator)
    picture = F.interpolate(coarse, size=(224, 224), mode="bilinear")
    x = VGG(state, convention=convention)(picture, ["pool5"])["pool5"].flatten(1)
    for index in (0, 3):
        x = F.relu(F.linear(x, state[f"classifier.{index}.weight"]))
    state["classifier.6.weight"] *= 2.5 / F.linear(x, state["classifier.6.weight"]).std()
    assert recognise_convention(state) == (convention, "by its classifier")


def test_without_network_and_without_file_one_line_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        load_encoder("vgg19")
    message = str(caught.value)
    assert message.startswith(
        "cannot fetch 'vgg19': no connection to 127.0.0.1:9; fetch https://download.pytorch.org/models/vgg19-"
    )
    assert str(tmp_path / "home" / "weights" / "vgg19-dcbb9e9d.pth") in message
    assert "--encoder slim" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("vgg91", "unknown encoder 'vgg91'; did you mean 'vgg19'"),
        ("models/mine.pth", r"there is no file of weights 'models/mine\.pth'.*slim"),
        ("mine.safetensors", "there is no file of weights"),
    ],
)
def test_names_that_are_nothing(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_encoder(name)
    with pytest.raises(InputError, match="did you mean 'average'"):
        load_encoder("vgg19", pooling="averag")


def test_the_registry_takes_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_LOADERS", dict(registry._LOADERS))
    registry.register("again", f"{__name__}:make_again")
    assert "again" in registry.names()
    assert registry.load("again", pooling="l2").descriptor.name == "again-l2"


def make_again(name: str, pooling: str, progress: object) -> VGG:
    return VGG(make_vgg((0,)), pooling=pooling, name=f"{name}-{pooling}")


def test_the_registry_imports_no_torch() -> None:
    code = "import sys, json; from impasto.encoders import registry; registry.describe('vgg19'); registry.names(); "
    code += "print(json.dumps('torch' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False
