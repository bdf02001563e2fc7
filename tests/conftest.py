"""What every test gets: no network but this machine's own, and a reason where a marked test is skipped.

And what several folders share: pictures full of edges, and narrow random networks, one that can be learned from in seconds
and an arbitrary-style pair with its exported graphs.
"""

import os
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

if TYPE_CHECKING:
    from torch import Tensor

    from impasto.encoders.slim import Slim
    from impasto.offline.networks.both import Arbitrary

DOWNLOADS = "IMPASTO_TEST_DOWNLOAD"
TEACHER_WIDTHS = {1: 4, 2: 6, 3: 8, 4: 10, 5: 10}
TEACHER_CONVOLUTIONS = ("11", "12", "21", "22", "31", "32", "33", "34", "41", "42", "43", "44", "51")


@pytest.fixture(autouse=True)
def _local_network_only(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that connects to another machine, unless it is marked `download`."""
    if request.node.get_closest_marker("download"):
        yield
        return
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in ("localhost", "::1") and not str(host).startswith("127."):
            raise AssertionError(f"a test connects to {host}; serve it from 127.0.0.1, or mark the test `download`")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield


@pytest.fixture(autouse=True)
def _plain_start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paintings in this process begin with the recoloured photo, which is quicker, unless the test is marked `fast_start`."""
    from impasto.online.settings import STARTS

    if not request.node.get_closest_marker("fast_start"):
        monkeypatch.setitem(STARTS, "painting", "match")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what this machine cannot do."""
    if item.get_closest_marker("download") and not os.environ.get(DOWNLOADS):
        pytest.skip(f"downloads weights; set {DOWNLOADS}=1 to run it")
    if item.get_closest_marker("gpu"):
        torch = pytest.importorskip("torch")
        if not torch.cuda.is_available():
            pytest.skip("needs a CUDA device")
    if item.get_closest_marker("browser") and find_spec("playwright") is None:
        pytest.skip("needs playwright and a browser")


def boxes(seed: int, width: int = 96, height: int = 80) -> np.ndarray:
    """H x W x 3 uint8: coloured boxes over a gradient."""
    rng = np.random.default_rng(seed)
    values = np.linspace(0, 255, width)[None, :, None] * rng.uniform(0.2, 1, (height, 1, 3))
    for _ in range(12):
        left, top = rng.integers(width - 8), rng.integers(height - 8)
        values[top : top + rng.integers(4, 40), left : left + rng.integers(4, 40)] = rng.uniform(0, 255, 3)
    return values.astype(np.uint8)


@pytest.fixture
def pictures() -> list[np.ndarray]:
    """Six, 80 x 96 x 3 uint8."""
    return [boxes(seed) for seed in range(6)]


@pytest.fixture
def folder_of_pictures(tmp_path: Path) -> Path:
    """photos/a.png to photos/e.png, and photos/more/f.png."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for seed, name in enumerate(["a.png", "b.png", "c.png", "d.png", "e.png", "more/f.png"]):
        Image.fromarray(boxes(seed)).save(folder / name)
    return folder


@pytest.fixture
def teacher_state() -> "dict[str, Tensor]":
    """Random weights in the layout of `impasto.encoders.collaborative`, with few channels."""
    import torch

    generator = torch.Generator().manual_seed(3)

    def draw(*shape: int) -> "Tensor":
        return torch.randn(shape, generator=generator) * (2 / (shape[1] * shape[2] * shape[3])) ** 0.5

    state = {"conv0.weight": torch.eye(3)[:, :, None, None] * 3, "conv0.bias": torch.full((3,), -1.5)}
    channels = 3
    for name in TEACHER_CONVOLUTIONS:
        width = TEACHER_WIDTHS[int(name[0])]
        state[f"conv{name}.weight"] = draw(width, channels, 3, 3)
        state[f"conv{name}.bias"] = 0.1 * torch.randn(width, generator=generator)
        if name.endswith("1"):
            state[f"conv{name}_aux.weight"] = draw(2 * width, width, 1, 1)
            state[f"conv{name}_aux.bias"] = torch.zeros(2 * width)
        channels = width
    return state


@pytest.fixture
def teacher_file(tmp_path: Path, teacher_state: "dict[str, Tensor]") -> Path:
    """A file of them."""
    from safetensors.torch import save_file

    path = tmp_path / "teacher.safetensors"
    save_file(teacher_state, path)
    return path


@pytest.fixture(scope="session")
def tiny_pair() -> "tuple[Arbitrary, Slim]":
    """An untrained arbitrary-style network and its encoder, a few channels wide, that change a photo visibly."""
    import torch

    from impasto.encoders.slim import Slim
    from impasto.offline.networks.arbitrary import Shape
    from impasto.offline.networks.both import Arbitrary

    torch.manual_seed(5)
    names = ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "4_1", "4_2", "5_1")
    encoder = Slim({name: 4 + 2 * int(name[0]) for name in names}).eval().requires_grad_(False)
    network = Arbitrary(encoder.descriptor, Shape((4, 8), 2, (6, 4), 4, 8, 16)).eval().requires_grad_(False)
    torch.nn.init.normal_(network.prediction.head.weight, std=0.3)
    torch.nn.init.normal_(network.prediction.correction.outer.weight, std=0.05)
    torch.nn.init.normal_(network.prediction.correction.gate.weight, std=0.1)
    for parameter in (*network.parameters(), *encoder.parameters()):
        parameter.copy_(parameter.half())
    network.attach(encoder)
    return network, encoder


@pytest.fixture(scope="session")
def tiny_model(tiny_pair: "tuple[Arbitrary, Slim]", tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the exported graphs of `tiny_pair`."""
    pytest.importorskip("onnx")
    from impasto.offline.export import export

    folder = tmp_path_factory.mktemp("model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPASTO_HOME", str(tmp_path_factory.mktemp("home")))
        export(*tiny_pair, folder)
    return folder


@pytest.fixture
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of Impasto's in a temporary folder, so that a test leaves nothing in the user's caches."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("IMPASTO_HOME", str(folder))
    return folder


@pytest.fixture
def quick_survey(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer looks at 16 crops before it begins, instead of 256."""
    from impasto.training import distillation, encoder

    monkeypatch.setattr(encoder, "survey", lambda teacher, batches: distillation.survey(teacher, islice(batches, 2)))
