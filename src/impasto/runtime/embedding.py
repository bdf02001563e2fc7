"""StyleEmbedding: all that the fast method needs to know of a style, in a file of a kilobyte. Pictures are not read here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impasto.errors import InputError, WeightsError
from impasto.images import write_bytes
from impasto.images.paths import reason, shown
from impasto.runtime.colours import Colours

_FORMAT = "impasto style 1"
_LARGEST = 2**20


@dataclass(frozen=True, eq=False)
class StyleEmbedding:
    """A style. vector: (E,); mean, (3,), and covariance, 3 x 3, of its colours in [0, 1].

    model: the network it belongs to, since another cannot read it. source: name of the picture it was made from, if known.
    """

    vector: npt.NDArray[np.float32]
    mean: npt.NDArray[np.float64]
    covariance: npt.NDArray[np.float64]
    model: str
    source: str = ""

    @property
    def colours(self) -> Colours:
        """Mean and covariance."""
        return self.mean, self.covariance

    def to_bytes(self) -> bytes:
        """The file's content, safetensors."""
        from safetensors.numpy import save

        told = {"format": _FORMAT, "model": self.model, "source": self.source}
        return save({"vector": self.vector, "mean": self.mean, "covariance": self.covariance}, metadata=told)

    def save(self, path: Path) -> None:
        """Writes it, whole or not at all. Raises OutputError."""
        write_bytes(path, self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> "StyleEmbedding":
        """Raises InputError where there is no file, WeightsError where it holds no style."""
        try:
            data = b"" if path.stat().st_size > _LARGEST else path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot read the style {shown(path)}: {reason(error)}; check the name") from error
        try:
            return cls._from_bytes(data)
        except Exception as error:  # a damaged file can raise anything
            raise WeightsError(f"{shown(path)} is damaged or no style of Impasto; make it again from its picture") from error

    @classmethod
    def _from_bytes(cls, data: bytes) -> "StyleEmbedding":
        from safetensors.numpy import load

        told: dict[str, str] = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
        values: dict[str, npt.NDArray[Any]] = load(data)
        shapes = (values["vector"].ndim, values["mean"].shape, values["covariance"].shape)
        if told["format"] != _FORMAT or shapes != (1, (3,), (3, 3)) or not all(np.isfinite(v).all() for v in values.values()):
            raise ValueError("not a style")
        return cls(
            values["vector"].astype(np.float32),
            values["mean"].astype(np.float64),
            values["covariance"].astype(np.float64),
            told["model"],
            told["source"],
        )


def blend(styles: Sequence[StyleEmbedding], weights: Sequence[float] | None = None) -> StyleEmbedding:
    """The style between several. weights: how much of each, of any sum; all alike when None. Raises InputError."""
    shares = np.asarray([1.0] * len(styles) if weights is None else list(weights), np.float64)
    if not styles or len(shares) != len(styles):
        raise InputError(f"blending needs one weight a style, at least one: {len(styles)} styles, {len(shares)} weights")
    if not np.isfinite(shares).all() or (shares < 0).any() or not shares.sum() > 0:
        raise InputError("the weights of a blend must be 0 or more, and one of them more than 0")
    if len({style.model for style in styles}) > 1:
        raise InputError("these styles belong to different networks and cannot be blended; add them again from their pictures")
    shares = shares / shares.sum()
    vector, mean, covariance = (
        np.tensordot(shares, np.stack([getattr(style, part) for style in styles]), 1)
        for part in ("vector", "mean", "covariance")
    )
    sources = [style.source for style, share in zip(styles, shares, strict=True) if share and style.source]
    return StyleEmbedding(vector.astype(np.float32), mean, covariance, styles[0].model, " + ".join(sources))
