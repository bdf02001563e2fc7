"""Says before the work begins, or when it fails, which size would fit into memory."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch

from impasto.device import available_memory
from impasto.encoders.base import Encoder
from impasto.errors import MemoryLimitError
from impasto.objective import Objective

COPIES = 4.5
"""Buffers kept for each feature map between forward and backward: measured by `benchmarks/online.py`."""

PIXEL_BYTES = 3 * 4 * 34
"""Bytes a pixel for the picture, its gradient, the ten pairs of L-BFGS and the copies made on the way."""

FLOAT_BYTES = 4
"""What a texture model computes with, whatever the encoder does."""


def bytes_per_pixel(encoder: Encoder, layers: Iterable[str]) -> float:
    """An estimate of the peak memory of one step, in bytes for each pixel of the painting; layers: those that are computed."""
    descriptor, computed = encoder.descriptor, values_per_pixel(encoder)
    known = descriptor.layers[: max((descriptor.layers.index(layer) + 1 for layer in layers), default=0)]
    values = sum(computed[layer] for layer in known if not layer.startswith("conv"))
    return PIXEL_BYTES + COPIES * values * encoder.dtype.itemsize


def style_bytes_per_pixel(objective: Objective, styles: int = 1) -> float:
    """What the texture model needs beyond that to compare the pastiche with so many styles."""
    if not objective.weights.style:
        return 0.0
    computed = values_per_pixel(objective.encoder)
    read = 3.0 if objective.texture.reads == "pixels" else sum(computed[layer] for layer in objective.style_layers)
    return styles * objective.texture.copies * read * FLOAT_BYTES


def values_per_pixel(encoder: Encoder) -> dict[str, float]:
    """Values of each layer's feature map for each pixel of the picture."""
    descriptor = encoder.descriptor
    return {layer: descriptor.channels[layer] / descriptor.strides[layer] ** 2 for layer in descriptor.layers}


def fitting_size(size: tuple[int, int], each: float, budget: float) -> int:
    """The longer side, rounded down to a multiple of 64, at which width x height x each stays within the budget."""
    ratio = max(size) / min(size)
    return max(64, int((budget / each * ratio) ** 0.5) // 64 * 64)


def check_memory(encoder: Encoder, layers: Iterable[str], size: tuple[int, int], more: float = 0.0) -> None:
    """Raises MemoryLimitError, naming a size that fits, where the painting clearly does not. On the CPU only.

    layers: those the encoder computes. size: (width, height). more: bytes for each pixel that something else takes.
    """
    if next(encoder.parameters()).device.type != "cpu":
        return
    each, free = bytes_per_pixel(encoder, layers) + more, available_memory()
    needed = each * size[0] * size[1]
    if needed > free:
        raise MemoryLimitError(
            f"painting {size[0]} x {size[1]} pixels needs about {needed / 2**30:.1f} GB of memory "
            f"and {free / 2**30:.1f} GB is free; "
            f"--size {fitting_size(size, each, 0.8 * free)} would fit"
        )


@contextmanager
def out_of_memory(size: tuple[int, int]) -> Iterator[None]:
    """Turns an allocation that failed after all into a MemoryLimitError that names a smaller size."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError, RuntimeError) as error:
        text = str(error).lower()
        if isinstance(error, RuntimeError) and not any(sign in text for sign in ("memory", "alloc")):
            raise
        if isinstance(error, MemoryLimitError):
            raise
        smaller = max(64, int(max(size) * 0.7) // 64 * 64)
        raise MemoryLimitError(
            f"memory ran out while painting {size[0]} x {size[1]} pixels; try --size {smaller}, or close other programs"
        ) from error
