"""A finished painting, what is said of it in its metadata, and the kind that needs no network. Imports no PyTorch."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

import impasto
from impasto import images
from impasto.errors import InputError
from impasto.images.colour import keep_colours
from impasto.images.masks import Mask
from impasto.images.picture import FloatPixels
from impasto.online.regions import MaskPair, covered, recolour_photo, regions_of
from impasto.online.settings import FAST, STARTS, Settings
from impasto.runtime.embedding import StyleEmbedding

if TYPE_CHECKING:
    from impasto.online.optimisation import Step

Style = images.Picture | StyleEmbedding
"""A style image, or what the fast method has learnt of one."""


@dataclass(frozen=True)
class Painting:
    """A finished painting.

    array: H x W x 3 float32 in [0, 1]. alpha: the photo's, H x W in [0, 1], or None. settings: everything needed to repeat it.
    seconds: time taken, loading of the encoder excluded. steps: the losses along the way.
    """

    array: np.ndarray
    alpha: np.ndarray | None
    settings: Mapping[str, Any]
    seconds: float
    steps: "Sequence[Step]" = field(default_factory=tuple)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.array.shape[1], self.array.shape[0]

    def picture(self, bits: Literal[8, 16] = 8) -> images.Picture:
        """The painting as a `Picture` of 8 or 16 bits."""
        alpha = None if self.alpha is None else images.from_float(self.alpha, bits=bits)
        return images.Picture(images.from_float(self.array, bits=bits), alpha)

    def save(self, path: str | Path, bits: Literal[8, 16] = 8) -> None:
        """Writes PNG, JPEG, WebP or TIFF by the extension, the settings in its metadata; bits: 8, or 16 for PNG and TIFF."""
        images.write(self.picture(bits), path, settings=dict(self.settings), bits=bits)


class Varnish:
    """What is done to a painting after the paint: the photo's colours where they are kept, the photo where nothing is painted.

    Works at any size, so that a painting in the making looks as the finished one will.
    """

    def __init__(
        self,
        settings: Settings,
        photo: images.Picture,
        styles: Sequence[images.Picture],
        masks: Sequence[MaskPair],
        size: tuple[int, int],
    ) -> None:
        self.photo, self.keeps = photo, settings.color == "keep"
        self.painted = covered(regions_of(settings, photo, styles, masks, size)) if masks else None

    def __call__(self, array: FloatPixels) -> FloatPixels:
        """H x W x 3 -> H x W x 3, both in [0, 1]."""
        if not self.keeps and self.painted is None:
            return array
        height, width = array.shape[:2]
        photo = images.as_float(self.photo.resized(width, height))
        if self.keeps:
            array = keep_colours(array, photo)
        if self.painted is not None:
            array = photo + Mask(self.painted).resized(width, height)[..., None] * (array - photo)
        return array


def recolour(
    settings: Settings, photo: images.Picture, styles: Sequence[images.Picture], masks: Sequence[MaskPair] = ()
) -> Painting:
    """The photo with the styles' colours and nothing else of them, as `color="only"` asks. Takes no steps."""
    started, size = time.perf_counter(), images.fit(photo.size, settings.size)
    regions = regions_of(settings, photo, styles, masks, size)
    array = recolour_photo(images.as_float(photo.resized(*size)), regions, settings.strength)
    return finish(array, photo, describe(settings, photo, styles, size, masks), started)


def finish(
    array: np.ndarray,
    photo: images.Picture | None,
    settings: Mapping[str, Any],
    started: float,
    steps: "Sequence[Step]" = (),
) -> Painting:
    """The Painting, with the photo's alpha at the result's size. started: by `time.perf_counter`."""
    alpha = None
    if photo is not None and photo.alpha is not None:
        sized = photo.resized(array.shape[1], array.shape[0]).alpha
        assert sized is not None
        alpha = (sized / np.iinfo(sized.dtype).max).astype(np.float32)
    return Painting(array, alpha, settings, time.perf_counter() - started, tuple(steps))


def describe(
    settings: Settings,
    photo: images.Picture | None,
    styles: Sequence[Style],
    size: tuple[int, int],
    masks: Sequence[MaskPair] = (),
) -> dict[str, Any]:
    """What goes into the result's metadata: settings, versions and the inputs' names and hashes (never their folders)."""
    values = settings.as_dict()
    values["init"] = settings.init or STARTS["texture" if photo is None else "painting"]
    for name in ("encoder", "init"):  # where these are files
        values[name] = Path(values[name]).name
    if settings.method == "fast":
        values = {name: value for name, value in values.items() if name in FAST}

    def named(source: Style | Mask | None) -> dict[str, Any] | None:
        if source is None:
            return None
        if isinstance(source, StyleEmbedding):
            return {"file": source.source or None, "network": source.model}
        return {"file": source.path.name if source.path else None, "sha256": source.sha256}

    return {
        "software": f"impasto {impasto.__version__}",
        **({} if settings.method == "fast" else {"torch": _version_of_torch()}),
        "settings": values,
        "size": list(size),
        **({} if photo is None else {"content": named(photo)}),
        "styles": [named(style) for style in styles],
        **({"masks": [[named(where), named(part)] for where, part in masks]} if masks else {}),
    }


def pictures(styles: Sequence[Style]) -> list[images.Picture]:
    """The styles, for what needs their pictures. Raises InputError for an embedding."""
    if any(isinstance(style, StyleEmbedding) for style in styles):
        raise InputError("a saved style is of the fast method; add --fast, or name the style's picture")
    return [style for style in styles if isinstance(style, images.Picture)]


def _version_of_torch() -> str | None:
    """Asked of the installation, because importing it takes a second."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("torch")
    except PackageNotFoundError:
        return None
