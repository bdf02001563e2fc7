"""Writes a trained arbitrary-style pair as two ONNX graphs for the runtime, and checks what it wrote against PyTorch.

`transfer.onnx` paints, `predict.onnx` describes a style; what they take and give is in `serving.py`, what is rewritten on the
way in `blocks.py`. Weights are stored in half precision. Reading trained networks is the registry's work.
"""

import hashlib
import io
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from impasto.encoders.base import Encoder
from impasto.errors import InputError, WeightsError
from impasto.images import write_bytes
from impasto.offline.networks.arbitrary import MARGIN, STRIDE, Shape
from impasto.offline.networks.both import Arbitrary
from impasto.offline.serving import ServedPrediction, ServedTransfer
from impasto.runtime.grain import grains
from impasto.runtime.session import Session

OPSET = 18
TRANSFER, PREDICT = "transfer.onnx", "predict.onnx"
OUTPUTS = ("pastiche", "used")
DESCRIBED = ("described", "found", "canvas")
TOLERANCE_LEVELS = 3.0
"""Of 255: how far a pixel may lie from PyTorch's after rounding to bytes and storing the weights in half precision."""
TOLERANCE_EMBEDDING = 0.02
"""The same for an embedding's numbers, relative to their standard deviation."""
TOLERANCE_STATISTICS = 0.02
"""And for means and inverse deviations, relative or absolute."""

_EXAMPLE = (1, 72, 104, 3)
_CHECKED = (1, 120, 88, 3)


@dataclass(frozen=True)
class Exported:
    """What was written. levels: the largest difference of a pixel to PyTorch's, of 255; embedding: of an embedding's numbers,
    relative to their standard deviation."""

    transfer: Path
    predict: Path
    levels: float
    embedding: float


def reach(shape: Shape) -> int:
    """Pixels that the transfer network looks around each of its own, rounded up: two of the body's a residual block."""
    return STRIDE * (2 * shape.blocks + 3)


def export(network: Arbitrary, encoder: Encoder, folder: Path) -> Exported:
    """Writes both graphs into a folder that exists. Raises InputError without the onnx package, OutputError where it cannot
    write, WeightsError when a graph does not do what PyTorch does."""
    network, encoder = network.eval(), encoder.eval()
    facts = facts_of(network, encoder)
    served = ServedTransfer(network.transfer, network.prediction).eval()
    predicting = ServedPrediction(encoder, network.prediction, network.layers).eval()
    inputs = example(network, _EXAMPLE)
    transfer = graph(served, inputs, OUTPUTS, facts)
    predict = graph(predicting, described(network, _EXAMPLE), DESCRIBED, facts)
    write_bytes(folder / TRANSFER, transfer)
    write_bytes(folder / PREDICT, predict)
    return check(served, predicting, network, folder)


def facts_of(network: Arbitrary, encoder: Encoder) -> dict[str, str | int]:
    """What the files say of themselves."""
    return {
        "model": identity(network, encoder),
        "margin": MARGIN,
        "stride": STRIDE,
        "reach": reach(network.shape),
        "corrections": network.shape.corrections,
        "encoder": encoder.descriptor.name,
    }


def identity(network: nn.Module, encoder: nn.Module) -> str:
    """A name for these weights, by which an embedding knows the model that it belongs to: 12 hexadecimal digits."""
    digest = hashlib.sha256()
    for module in (network, encoder):
        for name, value in sorted(module.state_dict().items()):
            digest.update(name.encode() + value.detach().cpu().half().numpy().tobytes())
    return digest.hexdigest()[:12]


def example(network: Arbitrary, size: Sequence[int], seed: int = 0) -> dict[str, Tensor]:
    """Inputs of the transfer graph by name, drawn at random, for pictures of `size`, N x H x W x 3."""
    random = torch.Generator().manual_seed(seed)
    count = size[0]
    noise = grains(size[1], size[2], *network.shape.decoder)
    colour = torch.cat([torch.eye(3).repeat(count, 1, 1), torch.zeros(count, 3, 1)], 2)
    return {
        "image": torch.randint(0, 256, tuple(size), generator=random, dtype=torch.uint8),
        "embedding": torch.randn(count, network.shape.embedding, generator=random),
        "colour": colour + 0.1 * torch.randn(count, 3, 4, generator=random),
        "strength": torch.ones(count, 1),
        **{name: torch.from_numpy(value) for name, value in noise.items()},
        "statistics": torch.zeros(count, network.shape.statistics),
        "given": torch.zeros(count, 1),
    }


def described(network: Arbitrary, size: Sequence[int], seed: int = 0) -> dict[str, Tensor]:
    """The same of the prediction graph; of the pictures every other one, from the second on, is one that was painted."""
    random = torch.Generator().manual_seed(seed)
    count, units = size[0], network.prediction.correction.inner.in_features
    return {
        "image": torch.randint(0, 256, tuple(size), generator=random, dtype=torch.uint8),
        "wanted": torch.rand(count, units, generator=random),
        "embedding": torch.randn(count, network.shape.embedding, generator=random),
        "given": (torch.arange(count) % 2)[:, None].float(),
    }


def graph(module: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str], facts: Mapping[str, str | int]) -> bytes:
    """The module as an ONNX file of any number and size of pictures. facts: go into the file's metadata."""
    model = traced(module, inputs, outputs, facts)
    halve(model)
    _onnx().checker.check_model(model)
    return bytes(model.SerializeToString())


def traced(module: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str], facts: Mapping[str, str | int]) -> Any:
    """The module as an ONNX model in float32."""
    onnx = _onnx()
    file = io.BytesIO()
    dynamic = {name: {0: "count"} for name in (*inputs, *outputs)}
    for name in ("image", "pastiche"):
        if name in dynamic:
            dynamic[name] |= {1: "height", 2: "width"}
    if "grain" in dynamic:
        dynamic["grain"] = dynamic["half_grain"] = {1: "quarter_height", 2: "quarter_width"}
        dynamic["fine_grain"] = {1: "blocks_down", 2: "blocks_across"}
    # The newer exporter takes twenty times as long for the same graph.
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(inputs.values()),
            file,  # type: ignore[arg-type]  # any file-like object will do
            dynamo=False,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes=dynamic,
        )
    model = onnx.load_from_string(file.getvalue())
    for key, value in facts.items():
        model.metadata_props.add(key=key, value=value if isinstance(value, str) else json.dumps(value))
    return model


def halve(model: Any) -> None:
    """Stores the weights in half precision; the graph casts them back, so that its arithmetic stays as it is."""
    onnx = _onnx()
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT and len(weight.dims) > 1:
            name = weight.name
            half = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(weight).astype(np.float16), f"{name}.half")
            weight.CopyFrom(half)
            casts.append(onnx.helper.make_node("Cast", [half.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])


def check(served: ServedTransfer, predicting: ServedPrediction, network: Arbitrary, folder: Path) -> Exported:
    """Runs the files at another size than they were traced at. Raises WeightsError where they differ from PyTorch."""
    inputs = example(network, _CHECKED, seed=1)
    pastiche, statistics = Session(folder / TRANSFER, exact=True).run({name: value.numpy() for name, value in inputs.items()})
    asked = described(network, (2, *_CHECKED[1:]), seed=1)
    embedding, *_ = Session(folder / PREDICT, exact=True).run({name: value.numpy() for name, value in asked.items()})
    with torch.no_grad():
        wanted, taken = served(*inputs.values())
        predicted = predicting(*asked.values())[0]
    inside = (slice(None), slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    levels = float(np.abs(pastiche[inside].astype(np.int16) - wanted[inside].numpy()).max())
    same = np.allclose(statistics, taken.numpy(), rtol=TOLERANCE_STATISTICS, atol=TOLERANCE_STATISTICS)
    relative = float(np.abs(embedding - predicted.numpy()).max() / predicted.std().clamp_min(1e-6))
    # "not less" also refuses NaN.
    if not (levels <= TOLERANCE_LEVELS and relative <= TOLERANCE_EMBEDDING and same):
        raise WeightsError(
            f"the exported graphs differ from PyTorch (by {levels:g} of 255 levels, embedding by {relative:.3g}); "
            f"they are of no use: remove {folder.name} and report this"
        )
    return Exported(folder / TRANSFER, folder / PREDICT, levels, relative)


def _onnx() -> Any:
    """The onnx package."""
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError as error:
        raise InputError("exporting needs the onnx package: pip install 'impasto[export]'") from error
    return onnx
