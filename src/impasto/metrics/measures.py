"""Every measure's name, what it speaks of, which way is better, and its definition in a line. No PyTorch, no mathematics.

How each is computed stands in the file that the last column of `docs/evaluating.md` names.
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["style", "content", "both", "frames"]


@dataclass(frozen=True)
class Measure:
    """One score.

    side: what it speaks of. higher: whether more is better. judged: whether it depends on the judge. scope: `pair` for a
    score of one pastiche, `set` for one that only many of them together have.
    """

    name: str
    side: Side
    what: str
    higher: bool = False
    judged: bool = False
    scope: Literal["pair", "set"] = "pair"


# Those that use no network come first: nothing can have been optimised against them by accident.
_MEASURES = (
    Measure("patches", "style", "sliced Wasserstein distance of 7 x 7 RGB patches, at three scales"),
    Measure("colours", "style", "Hellinger distance of the colour histograms"),
    Measure("gram", "style", "relative error of the Gram matrices", judged=True),
    Measure("moments", "style", "relative error of the channels' means and deviations", judged=True),
    Measure("sifid", "style", "single-image Frechet distance (SIFID)"),
    Measure("ssim", "content", "structural similarity of the luminance", higher=True),
    Measure("ms_ssim", "content", "the same at five scales", higher=True),
    Measure("unevenness", "content", "deviation of soft patches where the photo is even"),
    Measure("features", "content", "instance-normalised feature distance", judged=True),
    Measure("self_similarity", "content", "which patches resemble which: divergence from the photo's", judged=True),
    Measure("cfsd", "content", "the same as published (CFSD), by VGG-19"),
    Measure("lpips_alex", "content", "LPIPS 0.1, AlexNet"),
    Measure("lpips_vgg", "content", "LPIPS 0.1, VGG-16"),
    Measure("weave", "both", "what repeats and does so in neither"),
    Measure("fid", "style", "Frechet distance to the set of styles, by the art-inception network", scope="set"),
    Measure("art_fid", "both", "(1 + mean LPIPS) (1 + FID)", scope="set"),
    Measure("flicker", "frames", "change from frame to frame, relative to the content's own", scope="set"),
    Measure("shimmer", "frames", "change where the content stands still", scope="set"),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _MEASURES}
