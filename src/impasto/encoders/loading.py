"""From a name or a file to an encoder: reads the weights safely, recognises the architecture and the input convention.

No network here (`impasto.weights.store` has it) and no layer either (the architectures' own files have them).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from impasto.encoders import inception, registry, slim, vgg
from impasto.encoders.base import POOLINGS, Encoder
from impasto.encoders.collaborative import CollaborativeVGG
from impasto.encoders.recognise import recognise_convention
from impasto.errors import InputError, WeightsError, did_you_mean
from impasto.weights.catalogue import CATALOGUE, source
from impasto.weights.download import Progress
from impasto.weights.progress import ProgressBar
from impasto.weights.store import fetch

_WRAPPERS = ("state_dict", "model_state_dict", "model", "params_ema", "params")
_PREFIXES = ("module.", "_orig_mod.")
_SUFFIXES = (".safetensors", ".pth", ".pt", ".bin")
_PICKLES = (b"PK\x03\x04", b"\x80")  # torch's archive, and its older plain pickle


def load_encoder(
    name_or_file: str | Path,
    pooling: str = "max",
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    *,
    convention: str | None = None,
    progress: Progress | None = None,
) -> Encoder:
    """The encoder of a registered name, fetched if need be, or of a file of weights; frozen and in evaluation mode.

    pooling: `max`, `average` or `l2`. dtype: None for float32. convention: `torchvision` or `caffe`, None to recognise it
    (files only). progress: see `store.fetch`; None for a bar where stderr is a terminal.
    Raises InputError for an unknown name or option, WeightsError for weights that are missing, damaged or of no known kind.
    """
    name = str(name_or_file)
    if pooling not in POOLINGS:
        raise InputError(f"unknown pooling '{pooling}'{did_you_mean(pooling, POOLINGS)}")
    if name in registry.names():
        if convention is not None:
            raise InputError(f"the weight convention of '{name}' is known; leave it out")
        encoder: Encoder = registry.loader(name)(name, pooling=pooling, progress=progress)
    elif Path(name).is_file():
        encoder = load_file(Path(name), pooling, convention)
    elif Path(name).suffix in _SUFFIXES or Path(name).parent != Path():
        raise InputError(f"there is no file of weights '{name}'; give an existing one or one of: {', '.join(registry.names())}")
    else:
        raise InputError(f"unknown encoder '{name}'{did_you_mean(name, registry.names())}")
    return encoder.to(device=device, dtype=dtype or torch.float32).eval().requires_grad_(False)


def load_published(name: str, pooling: str = "max", progress: Progress | None = None) -> Encoder:
    """An encoder of the catalogue, in float32. progress: None for a bar where stderr is a terminal."""
    entry = source(name)
    if progress is not None:
        path = fetch(name, progress)
    else:
        with ProgressBar(name) as bar:
            path = fetch(name, bar)
    state, _ = read_weights(path)
    return build(state, name, pooling, entry.convention or None, licence=entry.licence, origin=entry.url or "embedded")


def load_file(path: Path, pooling: str = "max", convention: str | None = None) -> Encoder:
    """An encoder from a user's file, in float32; its architecture and, where it is not told, its convention recognised."""
    state, metadata = read_weights(path)
    known = next((entry for entry in CATALOGUE.values() if entry.file == path.name), None)
    convention = convention or metadata.get("convention") or (known.convention if known else None)
    return build(state, path.name, pooling, convention, licence=metadata.get("licence", "unknown"), origin=path.name)


def build(
    state: Mapping[str, Tensor], name: str, pooling: str, convention: str | None, *, licence: str, origin: str
) -> Encoder:
    """The encoder whose keys these are. Raises WeightsError when they are of none that Impasto knows."""
    if vgg.is_vgg(state):
        if convention is None:
            convention, why = recognise_convention(state, name)
            origin = f"{origin} ({convention} convention, {why})"
        return vgg.VGG(state, convention=convention, pooling=pooling, name=name, licence=licence, source=origin)
    if convention is not None:
        raise InputError(f"'{name}' is no VGG, so that no weight convention can be chosen; leave it out")
    if inception.is_inception(state):
        return inception.InceptionV3(state, pooling=pooling, name=name, licence=licence, source=origin)
    try:
        if "convs.conv1_1.weight" in state:
            return slim.from_state_dict(state, pooling, name)
        if "conv0.weight" in state and "conv11.weight" in state:
            return CollaborativeVGG(state, pooling, name)
    except (RuntimeError, KeyError, ValueError) as error:
        raise WeightsError(f"'{name}' is damaged: some of its weights are missing or misshapen; get it again") from error
    seen = ", ".join(list(state)[:3])
    raise WeightsError(f"'{name}' holds no encoder that Impasto knows (a VGG, Inception-v3, slim); its keys begin: {seen}")


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """{key: tensor on the CPU} of a `.safetensors` or `.pth` file, without wrappers. Runs no code from the file.

    Raises WeightsError when the file is damaged, is something else, or needs code to be read.
    """
    return read_weights(path)[0]


def read_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """As `read_state_dict`, and the metadata that a safetensors file may carry."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise WeightsError(f"cannot read '{path.name}': {error.strerror}") from error
    metadata: dict[str, str] = {}
    if head.startswith(_PICKLES) and path.suffix != ".safetensors":
        content = _read_pickle(path)
    elif head[8:9] == b"{" or path.suffix == ".safetensors":
        content, metadata = _read_safetensors(path)
    elif not head:
        raise WeightsError(f"'{path.name}' is empty; get it again")
    else:
        raise WeightsError(f"'{path.name}' is no file of weights; give a .safetensors or a .pth with a state_dict")
    while wrapper := next((key for key in _WRAPPERS if isinstance(content.get(key), Mapping)), None):
        content = content[wrapper]
    state = {_bare(key): value for key, value in content.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if not state:
        raise WeightsError(f"'{path.name}' holds no named weights; save a model's state_dict()")
    return state, metadata


def _read_safetensors(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise WeightsError(f"'{path.name}' is damaged or no safetensors file; get it again") from error


def _read_pickle(path: Path) -> Mapping[Any, Any]:
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:  # a damaged pickle can raise anything
        if "Unsupported global" in str(error) or "Unsupported class" in str(error) or "TorchScript" in str(error):
            raise WeightsError(
                f"'{path.name}' would run code when it is read, which Impasto refuses; save only the model's state_dict()"
            ) from error
        raise WeightsError(f"'{path.name}' is damaged or no file of weights; get it again") from error
    if not isinstance(content, Mapping):
        raise WeightsError(f"'{path.name}' holds no named weights; save a model's state_dict()")
    return content


def _bare(key: str) -> str:
    while key.startswith(_PREFIXES):
        key = key.split(".", 1)[1]
    return key
