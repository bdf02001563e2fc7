"""GET /api/health, /api/options and /metrics: what the service says of itself."""

from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Depends, Response

import impasto
from impasto import presets
from impasto.online.settings import Settings
from impasto.studio import schemas
from impasto.studio.orders import COLORS, WEIGHTS
from impasto.studio.web.answers import DESCRIBED, binary
from impasto.studio.web.house import InHouse, reader
from impasto.texture import MODELS

router = APIRouter(tags=["service"], responses=DESCRIBED)

WHAT = {
    "contextual": "patches that are like the style's in their surroundings",
    "covariance": "the style's strokes and colours, with the photo's shapes kept (recommended)",
    "gram": "the classic of Gatys and colleagues: which features appear together",
    "histogram": "the style's tones, layer by layer",
    "moments": "means and spreads alone: soft and quick",
    "mrf": "small patches of the style, laid over the photo",
    "neighbours": "each spot takes its nearest spot of the style: crisp strokes",
    "sliced": "the style's whole distribution, seen from random directions",
    "steerable": "the statistics of a filter pyramid, without a network",
    "transport": "the style's features moved to where they cost least",
}
"""A line for each texture model, for people."""


@router.get("/api/health", dependencies=[Depends(reader)])
def health(house: InHouse) -> schemas.Health:
    """Whether the service works, and how busy it is."""
    counts = house.desk.jobs.counts()
    waiting, running = counts.get("queued", 0), counts.get("running", 0)
    return schemas.Health(
        status="ok", version=impasto.__version__, workers=house.desk.jobs.workers(), queued=waiting, running=running
    )


@router.get("/api/options", dependencies=[Depends(reader)])
def options(house: InHouse) -> dict[str, Any]:
    """What a page needs to draw its controls."""
    limits = house.limits
    return {
        "limits": {
            "upload_bytes": limits.upload_bytes,
            "pixels": limits.pixels,
            "size_max": limits.size_max,
            "preview_max": limits.preview_max,
            "styles": limits.styles,
            "iterations": limits.iterations,
        },
        **choices(),
    }


@lru_cache(maxsize=1)
def choices() -> dict[str, Any]:
    """What does not depend on the studio."""
    defaults = {name: getattr(Settings, name) for name in ("size", "strength", "color", "texture", "seed", *WEIGHTS)}
    documents = {name: presets.document(name) for name in presets.names()}
    return {
        "textures": [{"name": name, "what": WHAT.get(name, "")} for name in MODELS],
        "colors": list(COLORS),
        "presets": [{"name": name, "what": str(told.get("about", ""))} for name, told in documents.items()],
        "sizes": [256, 512, 768, 1024],
        "defaults": {**defaults, "method": "fast", "iterations": Settings().steps},
    }


@router.get("/metrics", response_class=Response, responses=binary("text/plain"))
def metrics(house: InHouse) -> Response:
    """In Prometheus' format."""
    return Response(house.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
