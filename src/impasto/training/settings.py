"""The settings of training a network of the offline method, and how learning rate and strength run through the steps."""

import math
from dataclasses import dataclass

import numpy as np

from impasto.errors import InputError
from impasto.training.data import Augmentation

PHOTOS = Augmentation(scale=(0.7, 1.0), jitter=0.1, noise=0, mix=0, plain=0.06)
STYLES = Augmentation(scale=(0.6, 1.0), jitter=0.2, noise=0, mix=0, hue=0.15, procedural=0.05)
"""How crops of photos and of style images are drawn: nearly whole, as a network meets them later. Hue and our own styles widen
what a set of paintings shows."""

STRENGTH, CROPS = 4, 3
"""Which stream of random numbers: (seed, stream, ...)."""


@dataclass(frozen=True)
class StylisationTraining:
    """Settings of a run.

    batch: pictures a step on each device. size: pixels of a square crop. learning_rate: Adam's; after a warm-up it falls
    as `rate` says. content_weight, style_weight, tv_weight: of the objective; style_weight multiplies the texture model's own
    gain. palette_weight: of the distance of colours (`palette.py`); spectrum_weight: of what repeats (`impasto.spectrum`);
    evenness_weight: of patches where the photo is even (`impasto.evenness`). range_weight: of what lies outside [0, 1].
    imitation_weight: of the mean square difference to a teacher's pastiches, where there is a teacher. partial: share of the
    steps at a strength below 1. average: decay of the weights' running average, which is what is saved. clip: largest norm of
    the gradient. pool: rounds of encoded crops that are kept to draw from; fresh: steps between two new ones. texture, content:
    the models of these names.
    """

    steps: int = 20_000
    batch: int = 2
    size: int = 304
    learning_rate: float = 1e-3
    warm_up: int = 200
    content_weight: float = 1.0
    style_weight: float = 0.85
    tv_weight: float = 0.5
    palette_weight: float = 14.0
    spectrum_weight: float = 5.0
    evenness_weight: float = 40.0
    range_weight: float = 5.0
    imitation_weight: float = 60.0
    texture: str = "covariance"
    content: str = "normalised"
    partial: float = 0.1
    average: float = 0.998
    clip: float = 5.0
    pool: int = 96
    fresh: int = 4
    seed: int = 0
    save_every: int = 500

    def __post_init__(self) -> None:
        if min(self.steps, self.batch, self.save_every, self.pool, self.fresh) < 1 or self.size < 64:
            raise InputError("training needs positive steps and batch, and crops of at least 64 px")
        terms = self.tv_weight, self.palette_weight, self.spectrum_weight, self.evenness_weight, self.imitation_weight
        weights = (self.content_weight, self.style_weight, *terms)
        if not self.learning_rate > 0 or min(weights) < 0 or self.seed < 0:
            raise InputError("training needs a positive learning rate, and weights and a seed that are not negative")
        if not self.style_weight > 0:
            raise InputError("--style-weight is 0, and without a style there is nothing to learn")

    def rate(self, step: int) -> float:
        """The learning rate of a step: a warm-up, then a cosine to a fiftieth."""
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, step / self.steps)))
        return self.learning_rate * (0.02 + 0.98 * cosine) * min(1.0, (step + 1) / self.warm_up)

    def strength(self, step: int) -> float:
        """The strength at which a step trains: 1, or sometimes less."""
        rng = np.random.default_rng([self.seed, STRENGTH, step])
        return float(rng.uniform(0.1, 1)) if rng.random() < self.partial else 1.0
