"""Runs one exported network through OpenVINO. What goes in and what comes out is the callers' business.

OpenVINO ran the shipped graphs quicker than ONNX Runtime, in integers three times. A graph compiled for one size of picture
takes little more than half the time of the one for all sizes, and a third of a second or more to get, so a size has to come a
few times first; how many the caller says. The graph for all sizes comes from the system's cache of compiled ones, when it has
been there before, and the file is not even read then: that is half the time of a start.
"""

import sys
import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib import import_module
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impasto.errors import WeightsError
from impasto.images.paths import shown
from impasto.runtime.facts import facts
from impasto.weights.store import cache_folder

Array = npt.NDArray[Any]
Shapes = tuple[tuple[str, tuple[int, ...]], ...]

SIZES_KEPT = 8
"""Compiled graphs that a session keeps in memory."""
SIZES_COUNTED = 1024
"""Sizes whose runs a session counts; then it begins anew."""
BLOBS_KEPT = 24
"""Files that the cache of compiled graphs may hold, of a few megabytes each."""

_CONVERTER = "openvino.tools.ovc"


def _later(name: str) -> Any:
    """What is missing of OpenVINO without its converter, for others in this process who ask for it."""
    if name != "convert_model":
        raise AttributeError(f"module 'openvino' has no attribute '{name}'")
    return import_module(_CONVERTER).convert_model


@lru_cache(maxsize=1)
def _core() -> Any:
    """OpenVINO's engine, kept to the end of the process: once it is unloaded, the next signal (Ctrl-C) crashes the process."""
    # Its converter reports to its makers over the network, from a forked process, as soon as it is imported, and takes half of
    # the import's time. OpenVINO does without it where it is missing.
    silenced = _CONVERTER not in sys.modules
    if silenced:
        sys.modules[_CONVERTER] = None  # type: ignore[assignment]
    try:
        import openvino
    finally:
        if silenced:
            del sys.modules[_CONVERTER]
    if not hasattr(openvino, "convert_model"):
        openvino.__getattr__ = _later
    return openvino.Core()


def whole_numbers_pay() -> bool:
    """Whether this processor computes 8-bit integers quicker than floating point."""
    return "INT8" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class Session:
    """One network, ready to run; safe to share between threads, which then take turns.

    threads: how many cores to use, None for as many as OpenVINO finds useful. exact: float32 on every processor. Raises
    WeightsError for a file that is missing or damaged.
    """

    def __init__(self, path: Path, threads: int | None = None, exact: bool = False) -> None:
        self.path = path
        self._core = _core()
        self._config: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": self._precision(exact)}
        if threads is not None:
            self._config["INFERENCE_NUM_THREADS"] = threads
        if (folder := _blobs()) is not None:
            self._config["CACHE_DIR"] = str(folder)
        if not path.is_file():
            raise WeightsError(f"there is no network {shown(path)}; export one, or install impasto again")
        try:
            self.metadata = facts(path)
        except (OSError, ValueError) as error:
            raise self._damaged() from error
        self._requests: OrderedDict[Shapes, Any] = OrderedDict()
        self._seen: Counter[Shapes] = Counter()
        self._lock = threading.Lock()

    def width(self, name: str) -> int:
        """Length of the last axis of an input. Raises WeightsError where there is none of that name."""
        with self._lock:
            request = self._requests.get(())
            network = request.get_compiled_model() if request else self._model
        try:
            return int(network.input(name).partial_shape[-1].get_length())
        except RuntimeError as error:
            raise WeightsError(f"{shown(self.path)} is another network: it has no input '{name}'; export it again") from error

    def prepare(self, shapes: Mapping[str, tuple[int, ...]] | None = None) -> None:
        """Makes ready the graph for inputs of these shapes, or for all.

        Inputs that are not named have one shape only, but for one picture at a time.
        """
        with self._lock:
            self._request(() if shapes is None else _key(self._whole(shapes)))

    def run(self, inputs: Mapping[str, Array], patience: float = 0) -> list[Array]:
        """The outputs in order, for inputs by name.

        patience: how many inputs of the same shapes the graph for all shapes serves before there is one for theirs; infinite
        for outputs that must not depend on what came before, because the two round otherwise.
        """
        with self._lock:
            request = self._request(self._choice(_key({name: value.shape for name, value in inputs.items()}), patience))
            results = request.infer(dict(inputs), share_inputs=True, share_outputs=True)
            return [np.array(value) for value in results.values()]

    def _choice(self, own: Shapes, patience: float) -> Shapes:
        """Which graph a run takes: that of its own shapes or, (), that for all."""
        if patience == inf:
            return ()
        if len(self._seen) > SIZES_COUNTED:
            self._seen.clear()
        self._seen[own] += 1
        return own if own in self._requests or self._seen[own] > patience else ()

    def _request(self, key: Shapes) -> Any:
        """A compiled graph for inputs of these shapes, or for all, from memory if there is one."""
        if key not in self._requests:
            self._requests[key] = self._compiled(key).create_infer_request()
            if len(self._requests) > SIZES_KEPT:
                self._requests.popitem(last=False)
        self._requests.move_to_end(key)
        return self._requests[key]

    def _whole(self, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        """The shapes of all inputs."""
        whole = {}
        for port in self._model.inputs:
            free = [1 if axis.is_dynamic else axis.get_length() for axis in port.partial_shape]
            whole[port.any_name] = shapes.get(port.any_name, tuple(free))
        return whole

    def _compiled(self, key: Shapes) -> Any:
        if key:
            model = self._model.clone()
            model.reshape({name: list(shape) for name, shape in key})
            return self._core.compile_model(model, "CPU", self._config)
        try:
            return self._core.compile_model(self.path, "CPU", self._config)
        except RuntimeError as error:
            raise self._damaged() from error

    @cached_property
    def _model(self) -> Any:
        try:
            return self._core.read_model(self.path)
        except RuntimeError as error:
            raise self._damaged() from error

    def _damaged(self) -> WeightsError:
        return WeightsError(f"{shown(self.path)} is damaged or no ONNX network; get it again")

    def _precision(self, exact: bool) -> str:
        """bfloat16 where the processor computes in it; elsewhere it would only be imitated."""
        native = "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        return "bf16" if native and not exact else "f32"


def _key(shapes: Mapping[str, tuple[int, ...]]) -> Shapes:
    return tuple(sorted(shapes.items()))


def _blobs() -> Path | None:
    """The folder of compiled graphs, thinned to the newest; None where the cache cannot be written."""
    folder = cache_folder().parent / "compiled"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        blobs = sorted(folder.glob("*.blob"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in blobs[BLOBS_KEPT - 1 :]:
            path.unlink(missing_ok=True)
    except OSError:
        return None
    return folder
