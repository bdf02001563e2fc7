"""What the documentation's pictures vary: a setting and its values, and methods. `docs_pictures.py` paints them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PAGODA, CAT = "photos/pagoda", "photos/cat"
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
SWIRLS, PRINT, LEAF = "night", "wave", "gold"


@dataclass(frozen=True)
class Variation:
    """One photo and style painted with several values of one setting: what the page of controls shows before and after.

    values: of the setting, with the words under each painting. others: settings that hold for all of them.
    """

    photo: str
    style: str
    setting: str
    values: Mapping[str, Any]
    others: Mapping[str, Any] = field(default_factory=dict)
    columns: int = 3


def numbers(option: str, *values: float) -> dict[str, float]:
    """The values with the option as it is typed."""
    return {f"{option} {value:g}": value for value in values}


VARIATIONS = {
    "strength": Variation(CAT, PRINT, "strength", numbers("--strength", 0.25, 0.5, 0.75, 1)),
    "scale": Variation(PAGODA, SWIRLS, "style_scale", numbers("--style-scale", 0.5, 1, 2)),
    "content": Variation(PAGODA, SWIRLS, "content_weight", numbers("--content-weight", 0.25, 1, 4)),
    "smoothness": Variation(CAT, LEAF, "tv_weight", numbers("--tv-weight", 0, 1, 6)),
    "layers": Variation(
        CAT,
        "lilies",
        "style_layers",
        {f"--style-layers {','.join(LAYERS[:1])}": LAYERS[:1]}
        | {f"up to {LAYERS[count - 1]}": LAYERS[:count] for count in range(2, len(LAYERS) + 1)},
        columns=4,
    ),
    "contents": Variation(
        PAGODA,
        "ink",
        "content_models",
        {name: tuple(name.split(",")) for name in ("features", "normalised", "self-similarity", "features,laplacian")},
    ),
    "views": Variation(
        CAT,
        "engraving",
        "style_rotations",
        {"no views": (), "--style-rotations 90,180,270": (90, 180, 270)},
        {"texture": "mrf"},
        2,
    ),
    "starts": Variation(
        CAT, PRINT, "init", {f"--init {name}": name for name in ("fast", "match", "content", "noise", "grey")}, columns=4
    ),
    "pooling": Variation(PAGODA, "mosaic", "pooling", {f"--pooling {name}": name for name in ("max", "average", "l2")}),
    "sizes": Variation(PAGODA, SWIRLS, "size", {f"--size {size}": size for size in (200, 400, 800)}),
}
"""By the name of the picture."""

METHODS: dict[str, dict[str, Any]] = {
    "fast": {"method": "fast"},
    "draft": {"iterations": 40},
    "default": {},
    "gram": {"texture": "gram"},
    "steerable": {"texture": "steerable"},
    "only": {"color": "only"},
}
"""What the page on choosing a method shows, one painting each; beside these, every preset."""
