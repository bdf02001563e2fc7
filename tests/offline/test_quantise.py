"""The graphs in 8-bit integers: what they paint and see, what stays in floating point, and what is refused."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from impasto.encoders.slim import Slim
from impasto.errors import InputError, WeightsError
from impasto.images import Picture
from impasto.offline import quantise as quantising
from impasto.offline.equalise import equalised
from impasto.offline.quantise import CLOSE, LEAST, QUANTISED, quantise
from impasto.offline.rounding import MOVING
from impasto.runtime import fast
from impasto.runtime.fast import FastPainter

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")


def scenes(count: int) -> list[Picture]:
    """Soft coloured pictures."""
    random = np.random.default_rng(0)
    return [Picture.from_array(random.random((5, 6, 3))).resized(96, 80) for _ in range(count)]


@pytest.fixture(scope="module")
def both(tiny_pair: "tuple[object, object]", tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A folder with the graphs in floating point and in integers, and how like they are."""
    folder = tmp_path_factory.mktemp("both")
    for path in tiny_model.iterdir():
        shutil.copy(path, folder)
    done = quantise(*tiny_pair, folder, scenes(LEAST))  # type: ignore[arg-type]
    assert done.transfer == folder / QUANTISED
    assert done.distance is not None
    assert 0 < done.distance < CLOSE
    return folder, done.ratio


def test_it_paints_what_the_graph_in_floating_point_paints(both: tuple[Path, float], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, ratio = both
    assert ratio > 30
    photo, style = (np.asarray(picture.as_bits(8).pixels) for picture in scenes(9)[7:])
    monkeypatch.setattr(fast, "whole_numbers_pay", lambda: True)
    exact, quick = (FastPainter(folder, exact=flag) for flag in (True, False))
    ours, theirs = quick.paint(photo, quick.embed(style)), exact.paint(photo, exact.embed(style))
    difference = ours.astype(float) - theirs
    assert 0 < np.square(difference).mean() < 255**2 / 10**2.5
    assert quick.model == exact.model


def test_only_a_processor_that_gains_by_it_takes_the_integers(
    both: tuple[Path, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "whole_numbers_pay", lambda: False)
    assert FastPainter(both[0])._transfer.path.name == "transfer.onnx"
    monkeypatch.setattr(fast, "whole_numbers_pay", lambda: True)
    assert FastPainter(both[0])._transfer.path.name == QUANTISED
    assert FastPainter(both[0], exact=True)._transfer.path.name == "transfer.onnx"


def test_all_convolutions_but_the_first_and_the_skip_have_integer_kernels(both: tuple[Path, float]) -> None:
    graph = onnx.load(both[0] / QUANTISED).graph
    made = {output: node for node in graph.node for output in node.output}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    integer = [node.input[1] in made and made[node.input[1]].op_type == "DequantizeLinear" for node in convolutions]
    assert integer.count(False) == 1 + 2
    # The second, two of each block, those of both kinds of rows, and the last two.
    assert integer.count(True) == 1 + 2 * 2 + 2 + 2
    first = min(convolutions, key=lambda node: list(graph.node).index(node))
    assert not integer[convolutions.index(first)]


def test_nothing_is_moved_in_floating_point_to_be_rounded_then(both: tuple[Path, float]) -> None:
    graph = onnx.load(both[0] / QUANTISED).graph
    made = {output: node.op_type for node in graph.node for output in node.output}
    rounded = [made.get(node.input[0]) for node in graph.node if node.op_type == "QuantizeLinear"]
    assert rounded
    assert not set(rounded) & set(MOVING)
    for node in graph.node:
        if node.op_type in ("Pad", "Concat") and any(made.get(name) == "DequantizeLinear" for name in node.input):
            break
    else:
        pytest.fail("no padding or joining of integers")


def test_the_prediction_graph_sees_in_integers_what_it_saw_in_floating_point(
    tiny_model: Path,
    both: tuple[Path, float],
    tiny_pair: "tuple[object, object]",
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    graph = onnx.load(both[0] / "predict.onnx").graph
    made = {output: node.op_type for node in graph.node for output in node.output}
    integer = [made.get(node.input[1]) == "DequantizeLinear" for node in graph.node if node.op_type == "Conv"]
    assert integer == [False] + [True] * 8
    # What is rounded nobody takes unrounded as well, but for the picture itself.
    for node in graph.node:
        if node.op_type == "QuantizeLinear":
            assert [other.op_type for other in graph.node if node.input[0] in other.input] == ["QuantizeLinear"]
    style = np.asarray(scenes(9)[8].as_bits(8).pixels)
    ours, theirs = (FastPainter(folder, exact=True).embed(style).vector for folder in (both[0], tiny_model))
    assert 0 < np.linalg.norm(ours - theirs) < 0.1 * np.linalg.norm(theirs)

    for path in tiny_model.iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(quantising, "_distance", lambda *_: float("nan"))
    assert quantise(*tiny_pair, tmp_path, scenes(LEAST)).distance is None  # type: ignore[arg-type]
    assert (tmp_path / "predict.onnx").read_bytes() == (tiny_model / "predict.onnx").read_bytes()


@torch.no_grad()
def test_equalised_features_are_the_encoders_but_for_a_factor_and_nearer_to_each_other_in_range() -> None:
    torch.manual_seed(0)
    encoder = Slim({"1_1": 6, "1_2": 6, "2_1": 8}).eval()
    for layer in ("conv1_1", "conv1_2"):
        encoder.convs[layer].weight.mul_(torch.logspace(-2, 2, 6)[:, None, None, None])
        encoder.convs[layer].bias.fill_(0.01)
    picture = torch.rand(1, 3, 24, 24)
    rescaled, factors = equalised(encoder, [picture, picture / 2])
    before, after = (one(picture, encoder.descriptor.layers) for one in (encoder, rescaled))
    for layer in encoder.descriptor.layers:
        torch.testing.assert_close(after[layer] * factors[layer][:, None, None], before[layer], rtol=1e-3, atol=1e-4)

    def spread(feature: torch.Tensor) -> float:
        largest = feature.amax((0, 2, 3))
        return float(largest.max() / largest[largest > 0].min())

    assert spread(after["relu1_1"]) < 0.1 * spread(before["relu1_1"])


def test_too_few_pictures_and_a_bad_likeness_are_refused(
    tiny_pair: "tuple[object, object]", both: tuple[Path, float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="give at least"):
        quantise(*tiny_pair, both[0], scenes(2))  # type: ignore[arg-type]
    for path in both[0].iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(quantising, "likeness", lambda *_: float("nan"))
    with pytest.raises(WeightsError, match="paints something else"):
        quantise(*tiny_pair, tmp_path, scenes(LEAST))  # type: ignore[arg-type]
    assert not (tmp_path / QUANTISED).exists()
