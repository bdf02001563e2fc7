"""Asks the machine what it offers: device, number format, memory. No model lives here."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.errors import InputError

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
CGROUP_USAGES = ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes")


def choose_device(name: str = "auto") -> "torch.device":
    """The device of that name; `auto` takes CUDA, then MPS, then the CPU. `cuda:1` names one of several.

    Raises InputError for a device that is unknown or not there.
    """
    import torch

    kind, _, index = name.partition(":")
    if kind not in DEVICES or (index and not (kind == "cuda" and index.isdecimal())):
        raise InputError(f"unknown device '{name}'; choose one of {', '.join(DEVICES)}, or cuda:N")
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if kind == "auto":
        return torch.device(next(device for device in ("cuda", "mps", "cpu") if available[device]))
    if not available[kind]:
        raise InputError(f"device '{name}' is not available on this machine; use --device auto, or see impasto doctor")
    if index and int(index) >= torch.cuda.device_count():
        raise InputError(
            f"device '{name}' does not exist; this machine has {torch.cuda.device_count()} CUDA device(s), from cuda:0"
        )
    return torch.device(name)


def has_fast_bfloat16(device: "torch.device") -> bool:
    """Whether bfloat16 convolutions run natively there. On a processor that only emulates them they are slower than float32."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        return any(bool(getattr(torch.cpu, check, lambda: False)()) for check in checks)
    return False


def available_memory() -> int:
    """Bytes that this process could still take, the container's limit included."""
    import psutil

    free = int(psutil.virtual_memory().available)
    for limit, usage in zip(CGROUP_LIMITS, CGROUP_USAGES, strict=True):
        try:
            free = min(free, int(Path(limit).read_text()) - int(Path(usage).read_text()))
        except (OSError, ValueError):
            continue
    soft = address_space_limit()
    if soft is not None:
        free = min(free, soft - psutil.Process(os.getpid()).memory_info().vms)
    return max(free, 0)


def address_space_limit() -> int | None:
    """The limit that `ulimit -v` sets, in bytes, where the platform has one."""
    try:
        import resource
    except ImportError:
        return None
    soft = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if soft == resource.RLIM_INFINITY else int(soft)
