"""The fast method once it is loaded: latency and throughput by size and runtime, the embedding of a style, and memory.

`impasto.Painter` is the front door, arrays in and arrays out; `openvino` is the runtime behind it: 8-bit integers where the
processor is quicker with them; `openvino, float` is the other graph. `torch` runs that one in PyTorch, as it was before the
export: on the processor in float32, on a GPU in half precision. `onnxruntime` runs the exported file where that package is
installed. `MicroAST's shape` is that of a published network for any style, untrained, in both engines. All that paint one size
are timed in turns.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import microast
import numpy as np
from measuring import latencies, resident_peak, say
from plan import Plan
from tables import FRONT_DOOR

from impasto import Painter
from impasto.images import Picture
from impasto.runtime.fast import FastPainter
from impasto.runtime.grain import grains
from impasto.runtime.session import whole_numbers_pay
from impasto.weights.store import fetch

GPU = "torch cuda, half"
LARGEST = 1920 * 1080
"""Pixels of the largest picture that others than the runtime itself and a GPU paint."""

Runner = Callable[[np.ndarray], Callable[[], object]]


def run(plan: Plan) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """Rows: runtime, what, width, height, milliseconds, frames and megapixels a second, peak of the process so far in MiB."""
    painter, front = FastPainter(), Painter("fast")
    small = scene(512, 400, 1)
    style = painter.embed(small)
    row: dict[str, Any] = {"runtime": "openvino", "what": "embedding", "width": 512, "height": 400}
    seconds = latencies({"embedding": lambda: painter.embed(small)}, plan.effort.seconds)["embedding"]
    rows = [{**row, **figures(seconds, 512 * 400)}]
    runtimes: dict[str, Runner] = {"openvino": lambda photo: lambda: painter.paint(photo, style)}
    if whole_numbers_pay():
        floating = FastPainter(exact=True)
        runtimes["openvino, float"] = lambda photo: lambda: floating.paint(photo, style)
    others, skipped = other_runtimes()
    others[FRONT_DOOR] = lambda photo: lambda: front.paint(photo, style, size=max(photo.shape))
    runtimes |= others
    for size in plan.effort.frames:
        width, height = map(int, size.split("x"))
        photo = scene(width, height, 2)
        painter.prepare(height, width)
        able = [name for name in runtimes if width * height <= LARGEST or name not in others or name == GPU]
        found = latencies({name: runtimes[name](photo) for name in able}, plan.effort.seconds)
        for name, seconds in found.items():
            row = {"runtime": name, "what": "painting", "width": width, "height": height}
            rows.append({**row, **figures(seconds, width * height)})
            say(f"{name} {size}: {rows[-1]['milliseconds']} ms")
    return rows, {"style cached": True}, skipped


def figures(seconds: float, pixels: int) -> dict[str, Any]:
    """What a call costs that takes so many seconds."""
    peak = resident_peak()
    return {
        "milliseconds": round(1000 * seconds, 2),
        "frames": round(1 / seconds, 2),
        "megapixels": round(pixels / seconds / 1e6, 2),
        "peak": None if peak is None else round(peak),
    }


def other_runtimes() -> tuple[dict[str, Runner], list[str]]:
    """Besides OpenVINO, those that there are, and what is missing."""
    import torch

    runners: dict[str, Runner] = {"torch cpu": lambda photo: in_torch(photo, "cpu")}
    skipped = []
    if torch.cuda.is_available():
        runners[GPU] = lambda photo: in_torch(photo, "cuda")
    else:
        skipped.append("torch cuda: there is no CUDA device")
    if find_spec("onnxruntime"):
        runners["onnxruntime"] = in_onnxruntime
    else:
        skipped.append("onnxruntime: not installed")
    runners["MicroAST's shape, torch cpu"] = microast.in_torch
    if find_spec("onnx"):
        runners["MicroAST's shape, openvino"] = microast.in_openvino
    else:
        skipped.append("MicroAST's shape, openvino: needs onnx")
    return runners, skipped


def in_torch(photo: np.ndarray, device: str) -> Callable[[], object]:
    """The served network on a photo, its sides brought to the network's multiple."""
    import torch

    from impasto import encoders
    from impasto.offline import networks
    from impasto.offline.networks.both import Arbitrary
    from impasto.offline.serving import ServedTransfer

    network = networks.read(fetch("arbitrary"), encoders.load("slim").descriptor)
    assert isinstance(network, Arbitrary)
    served = ServedTransfer(network.transfer, network.prediction).eval().to(device)
    inputs = {name: torch.from_numpy(value).to(device) for name, value in graph_inputs(photo, network.shape).items()}

    @torch.inference_mode()
    def paint() -> object:
        with torch.autocast(device, torch.float16, enabled=device == "cuda"):
            pastiche, _ = served(**inputs)
        return pastiche.cpu()

    return paint


def in_onnxruntime(photo: np.ndarray) -> Callable[[], object]:
    """The exported network, as another program would run it."""
    import onnxruntime

    from impasto import encoders
    from impasto.offline import networks

    network: Any = networks.read(fetch("arbitrary"), encoders.load("slim").descriptor)
    session = onnxruntime.InferenceSession(str(fetch("arbitrary-transfer")), providers=["CPUExecutionProvider"])
    inputs = graph_inputs(photo, network.shape)
    return lambda: session.run(None, inputs)


def graph_inputs(photo: np.ndarray, shape: Any) -> dict[str, np.ndarray]:
    """What the transfer graph takes, with a margin-free photo and an embedding drawn at random."""
    from impasto.offline.networks.arbitrary import STRIDE

    height, width = (side - side % STRIDE for side in photo.shape[:2])
    random = np.random.default_rng(0)
    return {
        "image": np.ascontiguousarray(photo[None, :height, :width]),
        "embedding": random.standard_normal((1, shape.embedding), np.float32),
        "colour": np.eye(3, 4, dtype=np.float32)[None],
        "strength": np.ones((1, 1), np.float32),
        **grains(height, width, *shape.decoder),
        "statistics": np.zeros((1, shape.statistics), np.float32),
        "given": np.zeros((1, 1), np.float32),
    }


def scene(width: int, height: int, seed: int) -> np.ndarray:
    """Waves of colour and a little noise, H x W x 3 uint8."""
    random = np.random.default_rng(seed)
    picture = Picture.from_array(random.random((9, 12, 3))).resized(width, height).as_bits(8).pixels
    noise = random.integers(0, 16, (min(height, 512), min(width, 512), 3), dtype=np.uint8)
    tiled = np.tile(noise, (-(-height // len(noise)), -(-width // noise.shape[1]), 1))[:height, :width]
    return np.minimum(np.asarray(picture, np.uint8), 239) + tiled
