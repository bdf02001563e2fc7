"""What of the photo must survive: content models by name. Each is one file; a new paper is a new file and a new line here."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from impasto.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from torch import Tensor

    from impasto.texture.base import Features

MODELS = {
    "features": "impasto.content.features",
    "laplacian": "impasto.content.laplacian",
    "normalised": "impasto.content.normalised",
    "self-similarity": "impasto.content.self_similarity",
}


class ContentModel(Protocol):
    """What a content model's module offers.

    READS: `features`, or `pixels` for a model that is given {"pixels": the picture}.
    GAIN: the weight at which it holds a photo as the others do at theirs; what a user's content weight multiplies.
    """

    READS: str
    GAIN: float

    def represent(self, features: "Features") -> Any:
        """The content representation of the photo."""

    def distance(self, features: "Features", representation: Any, shares: Mapping[Any, float] | None = None) -> "Tensor":
        """How far a picture is from it: (N,), 0 at the photo. shares: the weight of each part of it, 1 where one is missing."""


def load(name: str) -> ContentModel:
    """The content model of that name. Raises InputError for an unknown one."""
    model: Any = import_module(MODELS[check_name(name)])
    return model  # type: ignore[no-any-return]


def check_name(name: str) -> str:
    """The name itself. Raises InputError for an unknown one, with a suggestion; loads nothing."""
    if name not in MODELS:
        raise InputError(f"unknown content model '{name}'{did_you_mean(name, MODELS)}")
    return name
