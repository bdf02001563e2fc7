"""An ONNX model once more with its convolutions in 8-bit integers, which processors compute far quicker.

Ranges of the activations are those seen on given inputs; weights have a range a channel (Jacob et al., "Quantization and
Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", arXiv 1712.05877). The work is ONNX Runtime's.
Which models, and whether the result is good enough: `quantise.py`.
"""

import logging
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from impasto.errors import InputError
from impasto.offline.export import halve
from impasto.offline.rounding import round_before_moving

Inputs = dict[str, npt.NDArray[Any]]


def in_integers(
    model: Any,
    seen: Sequence[Inputs],
    exact: Callable[[str], bool] = lambda kernel: False,
    arrange: Callable[[Any], None] = round_before_moving,
) -> bytes:
    """The file of an ONNX model with integer convolutions, all but the first and those whose kernel's name is `exact`.

    The first costs little, and its kernels are differences, which bear no rounding where a picture is bright. arrange:
    decides where the graph rounds.
    """
    tools = tools_or_error()
    import onnx

    class Reader(tools.CalibrationDataReader):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            self.left: Iterator[Inputs] = iter(seen)

        def get_next(self) -> Inputs | None:
            return next(self.left, None)

    first, *others = (node for node in model.graph.node if node.op_type == "Conv")
    kept = [first.name, *(node.name for node in others if exact(node.input[1]))]
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
                nodes_to_exclude=kept,
                per_channel=True,
                activation_type=tools.QuantType.QUInt8,
                weight_type=tools.QuantType.QInt8,
                calibrate_method=tools.CalibrationMethod.MinMax,
                extra_options={"OpTypesToExcludeOutputQuantization": ["Conv"]},
            )
        finally:
            root.setLevel(level)
        quantised = onnx.load(path)
    arrange(quantised.graph)
    told = {prop.key for prop in quantised.metadata_props}
    quantised.metadata_props.extend(prop for prop in model.metadata_props if prop.key not in told)
    halve(quantised)
    return bytes(quantised.SerializeToString())


def tools_or_error() -> Any:
    """ONNX Runtime's quantisation. Raises InputError without the packages."""
    try:
        import onnx  # noqa: F401
        import onnxruntime.quantization as tools
    except ImportError as error:
        raise InputError("8-bit integers need the onnx and onnxruntime packages: pip install 'impasto[export]'") from error
    return tools
