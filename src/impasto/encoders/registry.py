"""The encoders by name. A plain table: importing it imports no torch, and an encoder's own code only when it is asked for."""

import importlib
from typing import TYPE_CHECKING, Any

from impasto.weights.catalogue import Source, source

if TYPE_CHECKING:
    from impasto.encoders.base import Encoder

_PUBLISHED = "impasto.encoders.loading:load_published"

# name -> "module:function", called as function(name, pooling=..., progress=...) -> Encoder.
_LOADERS = {
    "slim": _PUBLISHED,
    "vgg19": _PUBLISHED,
    "vgg16": _PUBLISHED,
    "vgg19-caffe": _PUBLISHED,
    "vgg16-caffe": _PUBLISHED,
    "inception_v3": _PUBLISHED,
}


def names() -> tuple[str, ...]:
    """Every name that `load` knows, the recommended one first."""
    return tuple(_LOADERS)


def register(name: str, loader: str) -> None:
    """Adds an encoder. loader: "module:function", imported when first used."""
    _LOADERS[name] = loader


def describe(name: str) -> Source:
    """What the named encoder is, its licence and its size, without loading it. Raises WeightsError for an unknown name."""
    return source(name)


def loader(name: str) -> Any:
    """The function behind a registered name, called as function(name, pooling=..., progress=...)."""
    module, function = _LOADERS[name].split(":")
    return getattr(importlib.import_module(module), function)


def load(name_or_file: str, *, pooling: str = "max", **options: Any) -> "Encoder":
    """The encoder of that name or in that file; options: those of `impasto.encoders.loading.load_encoder`."""
    from impasto.encoders.loading import load_encoder

    return load_encoder(name_or_file, pooling=pooling, **options)
