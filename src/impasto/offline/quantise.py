"""Writes the transfer graph once more with its inner convolutions in 8-bit integers, which processors compute far quicker.

Ranges of the activations are those seen while painting given pictures; weights have a range a channel (Jacob et al.,
"Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", arXiv 1712.05877). The work is
ONNX Runtime's; what is decided here is which layers stay in floating point, and whether the result is good enough.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from impasto.encoders.base import Encoder
from impasto.errors import InputError, WeightsError
from impasto.images import Picture, write_bytes
from impasto.offline.export import OUTPUTS, TRANSFER, example, facts_of, halve, traced
from impasto.offline.networks.both import Arbitrary
from impasto.offline.rounding import round_before_moving
from impasto.offline.serving import ServedTransfer
from impasto.runtime.fast import FastPainter
from impasto.runtime.session import Session

QUANTISED = "transfer-int8.onnx"
STEM = 1
"""Convolutions at the beginning that stay as they are: they cost little, and the photo's own values bear no rounding."""
SKIP = "_skip"
"""How the names of kernels end whose convolutions stay as they are: OpenVINO adds their results to others' at no cost then."""
LEAST = 6
"""Pictures that show enough of the ranges."""
FAITHFUL = 30.0
"""Peak signal-to-noise ratio in dB to the graph in floating point below which the result is of no use."""

Inputs = dict[str, npt.NDArray[Any]]


def quantise(network: Arbitrary, encoder: Encoder, folder: Path, pictures: Sequence[Picture]) -> tuple[Path, float]:
    """Adds QUANTISED to a folder that `export` has filled: its path, and its peak signal-to-noise ratio in dB.

    pictures: to measure ranges on, as photos and as styles; every one is painted in the style of the next. Raises InputError
    for too few and without the packages, WeightsError when the result is too far from the graph in floating point.
    """
    check(len(pictures))
    painter = FastPainter(folder, exact=True)
    arrays = [np.asarray(picture.as_bits(8).pixels) for picture in pictures]
    seen = [painter.graph_inputs(one, style) for one, style in zip(arrays, arrays[1:] + arrays[:1], strict=True)]
    served = ServedTransfer(network.eval().transfer, network.prediction, centres(network, folder, seen)).eval()
    model = traced(served, example(network, (1, 72, 104, 3)), OUTPUTS, facts_of(network, encoder))
    quantised = _quantised(model, seen)
    halve(quantised)
    write_bytes(folder / QUANTISED, bytes(quantised.SerializeToString()))
    ratio = likeness(folder, seen)
    # "not more" also refuses NaN.
    if not ratio > FAITHFUL:
        (folder / QUANTISED).unlink()
        raise WeightsError(f"in 8-bit integers the network paints something else ({ratio:.0f} dB); use {TRANSFER} alone")
    return folder / QUANTISED, ratio


def centres(network: Arbitrary, folder: Path, seen: Sequence[Inputs]) -> torch.Tensor:
    """The mean of each normalised channel over all that was painted."""
    session = Session(folder / TRANSFER, exact=True)
    used = torch.from_numpy(np.concatenate([session.run(inputs)[1] for inputs in seen])).mean(0)
    widths = [width for width in network.shape.modulated[:-1] for _ in ("mean", "inverse deviation")]
    return torch.cat(torch.split(used, widths)[::2])


def check(pictures: int) -> None:
    """Raises InputError for too few pictures, and where the packages are missing."""
    if pictures < LEAST:
        raise InputError(f"{pictures} pictures do not show the ranges of the network's values; give at least {LEAST}")
    _tools()


def likeness(folder: Path, seen: Sequence[Inputs]) -> float:
    """Peak signal-to-noise ratio, in dB, between what both graphs paint."""
    ours, theirs = (Session(folder / name, exact=True) for name in (QUANTISED, TRANSFER))
    errors = [np.square(ours.run(inputs)[0].astype(float) - theirs.run(inputs)[0]).mean() for inputs in seen]
    return float(10 * np.log10(255**2 / max(np.mean(errors), 1e-9)))


def _quantised(model: Any, seen: Sequence[Inputs]) -> Any:
    """The ONNX model with integer convolutions, all but the first and those of the skip."""
    tools = _tools()
    import onnx

    class Reader(tools.CalibrationDataReader):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            self.left: Iterator[Inputs] = iter(seen)

        def get_next(self) -> Inputs | None:
            return next(self.left, None)

    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    skips = [node for node in convolutions if node.input[1].endswith(SKIP)]
    root, level = logging.getLogger(), logging.getLogger().level
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quantised.onnx"
        # It recommends in vain a preparation that fuses what is fused already.
        root.setLevel(logging.ERROR)
        try:
            tools.quantize_static(
                model,
                path,
                Reader(),
                quant_format=tools.QuantFormat.QDQ,
                op_types_to_quantize=["Conv"],
                nodes_to_exclude=[node.name for node in convolutions[:STEM] + skips],
                per_channel=True,
                activation_type=tools.QuantType.QUInt8,
                weight_type=tools.QuantType.QInt8,
                calibrate_method=tools.CalibrationMethod.MinMax,
                extra_options={"OpTypesToExcludeOutputQuantization": ["Conv"]},
            )
        finally:
            root.setLevel(level)
        quantised = onnx.load(path)
    round_before_moving(quantised.graph)
    kept = {prop.key: prop.value for prop in quantised.metadata_props}
    for prop in model.metadata_props:
        if prop.key not in kept:
            quantised.metadata_props.add(key=prop.key, value=prop.value)
    return quantised


def _tools() -> Any:
    """ONNX Runtime's quantisation."""
    try:
        import onnx  # noqa: F401
        import onnxruntime.quantization as tools
    except ImportError as error:
        raise InputError("8-bit integers need the onnx and onnxruntime packages: pip install 'impasto[export]'") from error
    return tools
