"""Writes both graphs once more with their convolutions in 8-bit integers (`integers.py`), and says how like they are.

The transfer graph gets a file of its own, for processors that gain by it; the prediction graph takes the place of the one in
floating point, if it sees the same.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from impasto.encoders.base import Encoder
from impasto.encoders.slim import Slim
from impasto.errors import InputError, WeightsError
from impasto.images import Picture, write_bytes
from impasto.offline.equalise import equalised
from impasto.offline.export import DESCRIBED, OUTPUTS, PREDICT, TRANSFER, described, example, facts_of, traced
from impasto.offline.integers import Inputs, in_integers, tools_or_error
from impasto.offline.networks.both import Arbitrary
from impasto.offline.rounding import round_once
from impasto.offline.serving import Factors, ServedPrediction, ServedTransfer
from impasto.runtime.fast import FastPainter
from impasto.runtime.session import Session

QUANTISED = "transfer-int8.onnx"
SKIP = "_skip"
"""How the names of kernels end whose convolutions stay as they are: OpenVINO adds their results to others' at no cost then."""
LEAST = 6
"""Pictures that show enough of the ranges."""
FAITHFUL = 30.0
"""Peak signal-to-noise ratio in dB to the graph in floating point below which the result is of no use."""
CLOSE = 0.1
"""Distance of embeddings to those in floating point, relative to their length, above which these stay."""
SMALL = 3e-3
"""Added to statistics before they are divided by each other."""

_EXAMPLE = (1, 72, 104, 3)


@dataclass(frozen=True)
class Quantised:
    """What came of it. transfer: the file that was written. ratio: peak signal-to-noise ratio of what it paints, in dB.

    distance: of embeddings, relative to their length; None where that graph stays as it is. Both to floating point.
    """

    transfer: Path
    ratio: float
    distance: float | None


def quantise(network: Arbitrary, encoder: Encoder, folder: Path, pictures: Sequence[Picture]) -> Quantised:
    """Adds QUANTISED to a folder that `export` has filled, and rewrites the prediction graph.

    pictures: to measure ranges on, as photos and as styles; every one is painted in the style of the next. Raises InputError
    for too few and without the packages, WeightsError when the transfer graph is too far from the one in floating point.
    """
    check(len(pictures))
    painter = FastPainter(folder, exact=True)
    arrays = [np.asarray(picture.as_bits(8).pixels) for picture in pictures]
    seen = [painter.graph_inputs(one, style) for one, style in zip(arrays, arrays[1:] + arrays[:1], strict=True)]
    served = ServedTransfer(network.eval().transfer, network.prediction, centres(network, folder, seen)).eval()
    model = traced(served, example(network, _EXAMPLE), OUTPUTS, facts_of(network, encoder))
    write_bytes(folder / QUANTISED, in_integers(model, seen, lambda kernel: kernel.endswith(SKIP)))
    ratio = likeness(folder, seen)
    # "not more" also refuses NaN.
    if not ratio > FAITHFUL:
        (folder / QUANTISED).unlink()
        raise WeightsError(f"in 8-bit integers the network paints something else ({ratio:.0f} dB); use {TRANSFER} alone")
    looks = [one for array in arrays for one in painter.prediction_inputs(array)]
    distance = quantise_prediction(network, encoder, folder, looks) if isinstance(encoder, Slim) else None
    return Quantised(folder / QUANTISED, ratio, distance)


def quantise_prediction(network: Arbitrary, encoder: Slim, folder: Path, seen: Sequence[Inputs]) -> float | None:
    """Rewrites the prediction graph: the distance of its embeddings, or None where it stays as it was, being too large.

    Each of its statistics gets a factor, by which it is in the mean the one in floating point (Nagel et al., arXiv 1906.04721,
    correct biases so).
    """
    rescaled, channels = equalised(encoder, [torch.from_numpy(one["image"]).permute(0, 3, 1, 2) / 255 for one in seen])
    wanted = _runs(Session(folder / PREDICT, exact=True), seen)
    factors: Factors = {layer: (channels[layer], channels[layer]) for layer in network.layers}
    for _ in range(2):
        served = ServedPrediction(rescaled, network.prediction, network.layers, factors).eval()
        model = traced(served, described(network, _EXAMPLE), DESCRIBED, facts_of(network, encoder))
        file = in_integers(model, seen, arrange=round_once)
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / PREDICT
            path.write_bytes(file)
            found = _runs(Session(path, exact=True), seen)
        better = (_mean(wanted) + SMALL) / (_mean(found) + SMALL)
        parts = iter(torch.split(better, [len(factors[layer][0]) for layer in network.layers for _ in range(2)]))
        factors = {
            layer: (of_means * next(parts), of_deviations * next(parts)) for layer, (of_means, of_deviations) in factors.items()
        }
    distance = _distance(wanted, found)
    # "not less" also refuses NaN.
    if not distance < CLOSE:
        return None
    write_bytes(folder / PREDICT, file)
    return distance


Run = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


def _runs(session: Session, seen: Sequence[Inputs]) -> list[Run]:
    """Embedding and statistics, for each of some inputs."""
    return [(embedding, statistics) for embedding, statistics, _ in (session.run(one, inf) for one in seen)]


def _mean(runs: Sequence[Run]) -> Tensor:
    """Of the statistics."""
    return torch.from_numpy(np.concatenate([statistics for _, statistics in runs])).mean(0)


def _distance(wanted: Sequence[Run], found: Sequence[Run]) -> float:
    """Between embeddings, relative to their length, in the mean."""
    pairs = zip(wanted, found, strict=True)
    return float(np.mean([np.linalg.norm(b - a) / max(float(np.linalg.norm(a)), 1e-6) for (a, _), (b, _) in pairs]))


def centres(network: Arbitrary, folder: Path, seen: Sequence[Inputs]) -> Tensor:
    """The mean of each normalised channel over all that was painted."""
    session = Session(folder / TRANSFER, exact=True)
    used = torch.from_numpy(np.concatenate([session.run(inputs)[1] for inputs in seen])).mean(0)
    widths = [width for width in network.shape.modulated[:-1] for _ in ("mean", "inverse deviation")]
    return torch.cat(torch.split(used, widths)[::2])


def check(pictures: int) -> None:
    """Raises InputError for too few pictures, and where the packages are missing."""
    if pictures < LEAST:
        raise InputError(f"{pictures} pictures do not show the ranges of the network's values; give at least {LEAST}")
    tools_or_error()


def likeness(folder: Path, seen: Sequence[Inputs]) -> float:
    """Peak signal-to-noise ratio, in dB, between what both graphs paint."""
    ours, theirs = (Session(folder / name, exact=True) for name in (QUANTISED, TRANSFER))
    errors = [np.square(ours.run(inputs)[0].astype(float) - theirs.run(inputs)[0]).mean() for inputs in seen]
    return float(10 * np.log10(255**2 / max(np.mean(errors), 1e-9)))
