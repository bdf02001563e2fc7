"""Texture models by name. Each is one file; a new paper is a new file and a new line here."""

from importlib import import_module
from typing import TYPE_CHECKING

from impasto.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from impasto.texture.base import TextureModel

MODELS = {
    "contextual": "impasto.texture.nonparametric.contextual:Contextual",
    "covariance": "impasto.texture.parametric.covariance:Covariance",
    "gram": "impasto.texture.parametric.gram:Gram",
    "histogram": "impasto.texture.parametric.histogram:Histogram",
    "moments": "impasto.texture.parametric.moments:Moments",
    "mrf": "impasto.texture.nonparametric.mrf:Mrf",
    "neighbours": "impasto.texture.nonparametric.neighbours:Neighbours",
    "sliced": "impasto.texture.parametric.sliced:Sliced",
    "steerable": "impasto.texture.parametric.steerable:Steerable",
    "transport": "impasto.texture.nonparametric.transport:Transport",
}


def create(name: str) -> "TextureModel":
    """The texture model of that name. Raises InputError for an unknown one."""
    module, attribute = MODELS[check_name(name)].split(":")
    model: TextureModel = getattr(import_module(module), attribute)()
    return model


def check_name(name: str) -> str:
    """The name itself. Raises InputError for an unknown one, with a suggestion; loads nothing."""
    if name not in MODELS:
        raise InputError(f"unknown texture model '{name}'{did_you_mean(name, MODELS)}")
    return name
