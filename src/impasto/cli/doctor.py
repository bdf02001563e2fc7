"""`impasto doctor`: what this machine offers, for bug reports. A missing or broken part is reported, never a crash.

It names no folder of the user's but the cache.
"""

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from impasto import device
from impasto.weights.catalogue import CATALOGUE
from impasto.weights.store import cache_folder, check, place

_PACKAGES = ("impasto", "torch", "numpy", "pillow", "pyvips", "safetensors", "requests", "openvino", "onnxruntime")
# Each is what `torch.cpu.get_capabilities()` calls it, or an older torch's private question.
_FEATURES = {
    "avx2": "_is_avx2_supported",
    "avx512_f": "_is_avx512_supported",
    "avx512_vnni": "_is_vnni_supported",
    "avx512_bf16": "_is_avx512_bf16_supported",
    "amx_tile": "_is_amx_tile_supported",
    "amx_bf16": "_is_amx_bf16_supported",
}


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto doctor`."""
    parser = subparsers.add_parser(
        "doctor",
        help="say what this machine offers, for bug reports",
        description="Versions, processor, devices, memory, and which weights are found and verified.",
    )
    parser.add_argument("--json", action="store_true", help="print it for machines")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Prints the report."""
    report = examine()
    print(json.dumps(report, indent=2) if args.json else _as_text(report))
    return 0


def examine() -> dict[str, dict[str, Any]]:
    """{section: {fact: value}}; a fact that cannot be had is None or says why."""
    torch = _try(lambda: importlib.import_module("torch"))
    return {
        "versions": {"python": platform.python_version(), **{package: _version(package) for package in _PACKAGES}},
        "system": {
            "os": platform.platform(),
            "processor": _try(_processor) or platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "memory": _try(_memory),
        },
        "torch": _torch(torch) if not isinstance(torch, str) else {"usable": torch},
        "weights": {
            "cache": str(cache_folder()),
            **{name: _try(partial(_weights, name)) for name in CATALOGUE},
        },
    }


def _torch(torch: Any) -> dict[str, Any]:
    devices = ["cpu"]
    if _try(lambda: torch.cuda.is_available()) is True:
        names = [_try(partial(torch.cuda.get_device_name, number)) for number in range(torch.cuda.device_count())]
        devices += [f"cuda:{number} {name}" for number, name in enumerate(names)]
    if _try(lambda: torch.backends.mps.is_available()) is True:
        devices.append("mps")
    return {
        "devices": devices,
        "precision": _try(_precision),
        "threads": _try(lambda: torch.get_num_threads()),
        "processor level": _try(lambda: torch.backends.cpu.get_cpu_capability()),
        "processor features": _features(torch),
    }


def _features(torch: Any) -> list[str]:
    capabilities = _try(lambda: torch.cpu.get_capabilities())
    if isinstance(capabilities, Mapping):
        return [feature for feature in _FEATURES if capabilities.get(feature)]
    asked = {feature: getattr(getattr(torch, "cpu", None), question, bool) for feature, question in _FEATURES.items()}
    return [feature for feature, question in asked.items() if _try(question) is True]


def _precision() -> str:
    """What Impasto would paint with on the device it would choose."""
    return "bfloat16" if device.has_fast_bfloat16(device.choose_device()) else "float32"


def _weights(name: str) -> str:
    return f"{place(name)} {check(name)}".strip()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    """The name the maker gave it; `platform.processor()` knows it on Windows only."""
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
    lines = Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def _memory() -> str:
    import psutil

    return f"{device.available_memory() / 2**30:.1f} of {psutil.virtual_memory().total / 2**30:.1f} GiB available"


def _try(question: Callable[[], Any]) -> Any:
    """The answer, or a word on why there is none: a doctor must not faint."""
    try:
        return question()
    except Exception as error:
        return f"unknown ({type(error).__name__})"


def _as_text(report: Mapping[str, Mapping[str, Any]]) -> str:
    width = max(len(fact) for facts in report.values() for fact in facts)
    lines = []
    for section, facts in report.items():
        lines.append(section)
        for fact, value in facts.items():
            shown = ", ".join(value) if isinstance(value, list) else value
            lines.append(f"  {fact.ljust(width)}  {shown if shown not in (None, '') else '-'}")
    return "\n".join(lines)
