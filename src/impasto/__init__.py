"""Impasto paints a photo in the style of any picture: neural style transfer in Python.

    import impasto
    impasto.paint("photo.jpg", "style.jpg", size=768).save("out.png")

The names below load what they need at their first use, so that `import impasto` costs nothing.
"""

from typing import TYPE_CHECKING

from impasto.lazy import lazily

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

__getattr__, __dir__ = lazily(globals(), _HOMES)
