"""`gram` and `moments`: how far a pastiche's feature statistics are from the style image's, layer by layer, for any judge.

The statistics are those that the texture models of these names paint with; here is only what makes a score of them.
"""

from collections.abc import Mapping

from impasto.texture.base import Features, StatisticsModel
from impasto.texture.parametric.gram import Gram
from impasto.texture.parametric.moments import Moments

MODELS: Mapping[str, StatisticsModel] = {"gram": Gram(), "moments": Moments()}


def relative_errors(name: str, pastiche: Features, style: Features) -> dict[str, float]:
    """{layer: |a - b| / |b|}, 0 for equal statistics, 1 for a pastiche that has none at all.

    name: `gram`, where a and b are F F^T / (h w) and |.| is Frobenius' norm; `moments`, where they are the channels' means and
    deviations in one vector. The pictures may differ in size.
    """
    model = MODELS[name]
    errors = {}
    for layer, feature in pastiche.items():
        found, goal = model.summarise(feature, None), model.summarise(style[layer], None)
        errors[layer] = float(model.compare(found, goal).clamp_min(0).sqrt())
    return errors
