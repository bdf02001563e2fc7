"""Many pastiches of one or several methods: each pair's scores, each method's means, and the scores that only sets have."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from impasto import images
from impasto.errors import ImpastoError, InputError
from impasto.images.paths import shown
from impasto.metrics import frechet, structure
from impasto.metrics.evaluation import Evaluator, Scores
from impasto.metrics.flicker import restlessness
from impasto.metrics.measures import MEASURES
from impasto.metrics.pairs import Pair
from impasto.metrics.summary import Interval, mean_interval

PHOTO, STYLE = "the photo itself", "the style itself"
"""Methods that paint nothing: the ends of every scale."""

FEW = 2048
"""Pictures below which a set's FID is biased by much: there are as many features."""


@dataclass(frozen=True)
class Row:
    """A pair and its scores."""

    pair: Pair
    scores: Scores


@dataclass
class Survey:
    """What was found out. rows: in the pairs' order. sets: {method: {measure: value}} of whole sets. failed: (file name, why).

    unavailable: {measure: why}, of measures that no row or no set has. notes: what is to be known, once each.
    """

    evaluator: Evaluator
    rows: list[Row] = field(default_factory=list)
    sets: dict[str, dict[str, float]] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)
    unavailable: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def methods(self) -> tuple[str, ...]:
        """In the order in which they were met."""
        return tuple(dict.fromkeys([*(row.pair.method for row in self.rows), *self.sets]))

    def of(self, method: str) -> list[Row]:
        """The method's rows."""
        return [row for row in self.rows if row.pair.method == method]

    def values(self, method: str, measure: str) -> list[float]:
        """The method's scores by one measure, those that there are."""
        return [row.scores.values[measure] for row in self.of(method) if measure in row.scores.values]

    def interval(self, method: str, measure: str) -> Interval | None:
        """The mean of a method and its interval; of a score of the set, the score alone. None where there is none."""
        if measure in (found := self.sets.get(method, {})):
            return Interval(found[measure], found[measure], found[measure], 1)
        values = self.values(method, measure)
        return mean_interval(values) if values else None

    def measured(self) -> tuple[str, ...]:
        """The measures that any method has, in the catalogue's order."""
        return tuple(name for name in MEASURES if any(self.interval(method, name) for method in self.methods))

    def note(self, text: str) -> None:
        """Something to be known; twice said is once said."""
        if text not in self.notes:
            self.notes.append(text)


def with_ends(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs, and for each content and style once the photo and the style image in the pastiche's place."""
    ends = dict.fromkeys((pair.content, pair.style) for pair in pairs)
    found = [Pair(content, content, style, PHOTO) for content, style in ends]
    return [*found, *(Pair(style, content, style, STYLE) for content, style in ends), *pairs]


def survey(evaluator: Evaluator, pairs: Iterable[Pair], told: Callable[[Pair], None] = lambda pair: None) -> Survey:
    """Scores every pair, and every method as a set. A pair whose pictures are no good is passed over and listed.

    told: called before each pair.
    """
    found, gathered = Survey(evaluator), Gathered(evaluator)
    for pair in pairs:
        told(pair)
        try:
            scores = evaluator(pair.pastiche, pair.content, pair.style)
            gathered.add(pair)
        except ImpastoError as error:
            found.failed.append((str(pair.pastiche), str(error)))
            continue
        found.rows.append(Row(pair, scores))
        for text in scores.notes if pair.method not in (PHOTO, STYLE) else ():
            found.note(text if text.startswith("the judge") else f"{pair.pastiche.name}: {text}")
    for row in found.rows:
        for name, why in row.scores.unavailable.items():
            found.unavailable.setdefault(name, why)
    longer = sorted({max(row.scores.size) for row in found.rows})
    if len(longer) > 1:
        found.note(f"judged at sizes from {longer[0]} to {longer[-1]} pixels, which do not compare; give --size {longer[0]}")
    gathered.settle(found)
    for name in found.measured():
        if why := found.unavailable.pop(name, ""):
            found.note(f"some pastiches have no {name}: it {why}")
    return found


class Gathered:
    """The features of each method's pastiches and styles, from which ArtFID is made when the networks are there."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.missing = evaluator.published.missing("art_inception", "alexnet", "lpips_alex")
        self.missing = self.missing or ("" if structure.installed() else structure.NEEDED)
        self.features: dict[str, list[tuple[Tensor, Tensor]]] = {}

    def add(self, pair: Pair) -> None:
        """Looks at one more pair."""
        if self.missing:
            return
        trio = self.evaluator.prepare(pair.pastiche, pair.content, pair.style)
        if min(*trio.pastiche.shape[-2:], *trio.style.shape[-2:]) < frechet.FID_LEAST:
            self.missing = f"needs {frechet.FID_LEAST} pixels on the shorter side of every picture"
            return
        network = self.evaluator.published.encoder("art_inception", self.evaluator.device)
        with torch.inference_mode():
            both = frechet.pooled(trio.pastiche, network)[0], frechet.pooled(trio.style, network)[0]
        self.features.setdefault(pair.method, []).append(both)

    def settle(self, found: Survey) -> None:
        """Writes each method's `fid` and `art_fid` into the survey, or why there is none."""
        reason = self.missing
        for method, features in self.features.items() if not self.missing else ():
            if len(features) < 2:
                reason = "is of sets; give at least two pastiches of a method"
                continue
            painted, looks = (torch.stack(column) for column in zip(*features, strict=True))
            fid = frechet.frechet_distance(painted, looks)
            scores = {"fid": fid, "art_fid": frechet.art_fid(found.values(method, "lpips_alex"), fid)}
            found.sets.setdefault(method, {}).update(scores)
            if len(features) < FEW:
                found.note(
                    f"fid and art_fid are of fewer than {FEW} pictures: they are too high, and compare only at equal numbers"
                )
        if reason:
            found.unavailable.update(fid=reason, art_fid=reason)


def add_restlessness(found: Survey, method: str, pairs: Sequence[Pair]) -> None:
    """Adds `flicker` and `shimmer` of a method whose pairs are frames in their order, or why there is none."""

    def frames() -> Iterable[tuple[Tensor, Tensor]]:
        first: images.Picture | None = None
        for pair in pairs:
            painted, filmed = images.read(pair.pastiche), images.read(pair.content)
            first = first or painted
            if painted.size != first.size:
                raise InputError(
                    f"the frames differ in size: {first.width} x {first.height}, and {shown(pair.pastiche)} is "
                    f"{painted.width} x {painted.height}; give the frames of one sequence"
                )
            yield found.evaluator.frame(painted, filmed)

    restless = restlessness(frames())
    reasons = {"flicker": "is relative to the content's own change, and it does not move"}
    reasons["shimmer"] = "is of the places where the content stands still, and there are none"
    for name, why in reasons.items():
        value = getattr(restless, name)
        if value is None:
            found.unavailable[name] = why
        else:
            found.sets.setdefault(method, {})[name] = value
