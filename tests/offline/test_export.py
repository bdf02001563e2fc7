"""The exported graphs: they do what PyTorch does, at any size, and one that does not is refused."""

import sys
from math import inf
from pathlib import Path

import numpy as np
import pytest
import torch

from impasto.encoders.slim import Slim
from impasto.errors import InputError, WeightsError
from impasto.offline import export as exporting
from impasto.offline.export import PREDICT, TRANSFER, described, example, export
from impasto.offline.networks.arbitrary import MARGIN, Statistics
from impasto.offline.networks.both import Arbitrary
from impasto.offline.networks.loading import load_arbitrary
from impasto.offline.networks.saving import save_model
from impasto.offline.networks.summary import statistics
from impasto.offline.serving import ServedTransfer
from impasto.runtime.fast import FastPainter
from impasto.runtime.grain import grains
from impasto.runtime.session import Session

onnx = pytest.importorskip("onnx")
pytestmark = pytest.mark.usefixtures("own_home")
Pair = tuple[Arbitrary, Slim]
AROUND = ((0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0))
WITHIN = (slice(None), slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))


@pytest.mark.parametrize("size", [(1, 16, 16, 3), (1, 32, 144, 3), (3, 48, 24, 3)])
@torch.no_grad()
def test_the_transfer_graph_does_what_pytorch_does(tiny_pair: Pair, tiny_model: Path, size: tuple[int, ...]) -> None:
    network, _ = tiny_pair
    inputs = example(network, size, seed=3)
    inputs["strength"] *= 0.7
    statistics = Statistics()
    modulation = network.prediction.expand(inputs["strength"] * inputs["embedding"])
    photo = inputs["image"].permute(0, 3, 1, 2) / 255
    wanted = network.transfer(photo, inputs["colour"], modulation, inputs["strength"][:, 0], statistics)

    arrays = {name: value.numpy() for name, value in inputs.items()}
    arrays["image"] = np.pad(arrays["image"], AROUND, "reflect")
    arrays |= grains(*arrays["image"].shape[1:3], *network.shape.decoder)
    pastiche, used = Session(tiny_model / TRANSFER, exact=True).run(arrays)
    assert pastiche.dtype == np.uint8
    assert np.abs(pastiche[WITHIN] - 255 * wanted.clamp(0, 1).permute(0, 2, 3, 1).numpy()).max() < 1.5
    np.testing.assert_allclose(used, statistics.vector().numpy(), rtol=0.01, atol=0.01)


@torch.no_grad()
def test_the_prediction_graph_does_what_pytorch_does(tiny_pair: Pair, tiny_model: Path) -> None:
    network, encoder = tiny_pair
    inputs = described(network, (1, 45, 70, 3), seed=4)
    photo = inputs["image"].permute(0, 3, 1, 2) / 255
    told = network.told(photo, encoder(photo, network.layers))
    moments = [told[f"{layer} mean"] for layer in network.layers], [told[f"{layer} covariance"] for layer in network.layers]
    prediction, wanted, embedding = network.prediction, inputs["wanted"], inputs["embedding"]
    session = Session(tiny_model / PREDICT, exact=True)
    for given, value in (
        (0, prediction.embed(*moments)),
        (1, embedding + prediction.correction(wanted, statistics(*moments), embedding)),
    ):
        inputs["given"] = torch.full((1, 1), float(given))
        found, numbers, canvas = session.run({name: array.numpy() for name, array in inputs.items()}, inf)
        np.testing.assert_allclose(found, value.numpy(), rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(numbers, statistics(*moments).numpy(), rtol=1e-3, atol=1e-3)
        assert np.array_equal(canvas, prediction.correction.canvas)


@torch.no_grad()
def test_a_style_is_embedded_as_pytorch_embeds_it(tiny_pair: Pair, tiny_model: Path) -> None:
    network, encoder = tiny_pair
    image = torch.randint(0, 256, (512, 384, 3), generator=torch.Generator().manual_seed(4), dtype=torch.uint8)
    photo = image.permute(2, 0, 1)[None] / 255
    told = network.told(photo, encoder(photo, network.layers))
    wanted = network.embed(told)[0].numpy()
    found = FastPainter(tiny_model, exact=True).embed(image.numpy()).vector
    first = network.prediction.embed(*network._moments(told))[0].numpy()
    assert np.abs(wanted - first).max() > 0.05
    np.testing.assert_allclose(found, wanted, rtol=0.02, atol=0.02)


def test_given_statistics_take_the_place_of_the_pictures_own(tiny_pair: Pair, tiny_model: Path) -> None:
    session = Session(tiny_model / TRANSFER, exact=True)
    arrays = {name: value.numpy() for name, value in example(tiny_pair[0], (1, 48, 64, 3)).items()}
    whole, used = session.run(arrays)
    half = {**arrays, **grains(48, 32, *tiny_pair[0].shape.decoder), "image": arrays["image"][:, :, :32], "statistics": used}
    own = session.run(half)[1]
    given = session.run({**half, "given": np.ones((1, 1), np.float32)})[1]
    assert not np.allclose(own, used, rtol=1e-3)
    np.testing.assert_array_equal(given, used)
    again, _ = session.run({**arrays, "statistics": used, "given": np.ones((1, 1), np.float32)})
    assert np.abs(again.astype(int) - whole).max() <= 1


def test_weights_are_stored_in_half_precision_and_sizes_are_free(tiny_model: Path) -> None:
    for file in (TRANSFER, PREDICT):
        graph = onnx.load(tiny_model / file).graph
        kernels = [value for value in graph.initializer if len(value.dims) == 4 and value.data_type != onnx.TensorProto.UINT8]
        assert kernels
        assert {value.data_type for value in kernels} == {onnx.TensorProto.FLOAT16}
        assert all(axis.dim_param for axis in graph.input[0].type.tensor_type.shape.dim[:3])


def test_a_graph_that_does_something_else_is_refused(tiny_pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = exporting.graph

    def spoilt(module: torch.nn.Module, *others: object) -> bytes:
        if isinstance(module, ServedTransfer):
            with torch.no_grad():
                module.last.add_(0.3)
            try:
                return honest(module, *others)  # type: ignore[arg-type]
            finally:
                with torch.no_grad():
                    module.last.sub_(0.3)
        return honest(module, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting, "graph", spoilt)
    with pytest.raises(WeightsError, match="differ from PyTorch"):
        export(*tiny_pair, tmp_path)


def test_without_the_onnx_package_it_says_how_to_get_it(
    tiny_pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(InputError, match=r"impasto\[export\]"):
        export(*tiny_pair, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_saved_pair_comes_back_with_its_encoder(tmp_path: Path) -> None:
    from impasto import encoders

    encoder = encoders.load("slim")
    torch.manual_seed(0)
    network = Arbitrary(encoder.descriptor)
    save_model(tmp_path / "pair.safetensors", network, "slim", {})
    loaded, found = load_arbitrary(tmp_path / "pair.safetensors")
    assert found.descriptor.name == "slim"
    assert torch.equal(loaded.transfer.last.weight, network.transfer.last.weight.half().float())


def test_a_file_without_the_pair_is_refused_in_one_line(tmp_path: Path) -> None:
    from impasto.weights.store import fetch

    (tmp_path / "junk.safetensors").write_bytes(b"junk")
    for path in (fetch("slim"), tmp_path / "junk.safetensors"):
        with pytest.raises(WeightsError) as caught:
            load_arbitrary(path)
        assert "\n" not in str(caught.value)
