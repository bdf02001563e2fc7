"""Lightning Fabric and what it is asked for: which devices, how many processes, which number format; and running out of memory.

The one file that knows how a run is spread. Fabric comes with the extra `train` and is imported here only.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from impasto.device import choose_device, has_fast_bfloat16
from impasto.errors import InputError, MemoryLimitError

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def prepare(device: str = "auto", devices: int = 1, nodes: int = 1, precision: str = "auto") -> "Fabric":
    """A Fabric that is not launched yet. devices: processes a node, one a GPU; on the CPU they talk through gloo.

    precision: `32`, `bf16` (weights in float32, convolutions in bfloat16), or `auto`: bf16 where the device is fast at it.
    Raises InputError where there are fewer devices than asked for, or no Fabric.
    """
    try:
        from lightning_fabric import Fabric
        from lightning_fabric.plugins.precision import Precision

        from impasto.training import mixed
    except ImportError as error:
        raise InputError("training networks needs Lightning Fabric; install it with: pip install 'impasto[train]'") from error
    # Which number format it takes is our business to say.
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    place = choose_device(device)
    if place.type == "cuda" and devices > torch.cuda.device_count():
        raise InputError(f"--devices {devices}, but this machine has {torch.cuda.device_count()} CUDA device(s); ask for fewer")
    if place.type == "mps" and devices * nodes > 1:
        raise InputError("a run on mps cannot be spread over several devices; leave out --devices and --nodes")
    rounded = precision == "bf16" or (precision == "auto" and has_fast_bfloat16(place))
    plugin = mixed.Mixed(place.type) if rounded else Precision()
    where: Any = [place.index] if place.index is not None and devices == 1 else devices
    strategy = "ddp" if devices * nodes > 1 else "auto"
    return Fabric(accelerator=place.type, devices=where, num_nodes=nodes, strategy=strategy, plugins=[plugin])


def number_format(fabric: "Fabric") -> torch.dtype:
    """The format of a frozen encoder beside networks trained in this Fabric's precision."""
    precision: Any = fabric._precision.precision
    return torch.bfloat16 if str(precision).startswith("bf16") else torch.float32


def leave_group() -> None:
    """Leaves the group of processes, if this is one of several."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


@contextmanager
def out_of_memory(batch: int, size: int) -> Iterator[None]:
    """Turns an allocation that failed into a MemoryLimitError that says what to ask for instead."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError, RuntimeError) as error:
        text = str(error).lower()
        if isinstance(error, RuntimeError) and not any(sign in text for sign in ("out of memory", "can't allocate", "alloc")):
            raise
        less = f"--batch {batch // 2}" if batch > 1 else f"--size {max(64, size // 32 * 16)}"
        raise MemoryLimitError(f"memory ran out with --batch {batch} and --size {size}; try {less}") from error
