"""Impasto paints a photo in the style of any picture: neural style transfer in Python.

    import impasto
    impasto.paint("photo.jpg", "style.jpg", size=768).save("out.png")

The names below load what they need at their first use, so that `import impasto` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from impasto.errors import ImpastoError
    from impasto.painter import Painter, Painting, paint, synthesize
    from impasto.reconstruction import Reconstruction, reconstruct

__version__ = "0.1.0"
__all__ = ["ImpastoError", "Painter", "Painting", "Reconstruction", "__version__", "paint", "reconstruct", "synthesize"]

_HOMES = {
    "ImpastoError": "errors",
    "Painter": "painter",
    "Painting": "painter",
    "Reconstruction": "reconstruction",
    "paint": "painter",
    "reconstruct": "reconstruction",
    "synthesize": "painter",
}


def __getattr__(name: str) -> Any:
    """Loads a public name from the file it lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
