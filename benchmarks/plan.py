"""What a suite is given: how much work to do, with which pictures, and what is compared: every configuration by name."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from effort import Effort
from scoring import Scorer

from impasto import presets, texture
from impasto.online.settings import merge
from impasto.weights.store import locate

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))

from variations import METHODS  # noqa: E402  (the examples' folder is no package)

ENCODERS = ("slim", "vgg19", "vgg16", "vgg19-caffe")


@dataclass(frozen=True)
class Plan:
    """photo, style: one free pair that most suites paint. pairs: (content, style) of a corpus, for the suite `pairs` alone.

    judge: a program that is not part of Impasto. teacher, encoder: for painting through an encoder and through its teacher.
    keep: where the paintings of a corpus are kept to be looked at.
    """

    effort: Effort
    photo: Path = EXAMPLES / "photos" / "pagoda.jpg"
    style: Path = EXAMPLES / "styles" / "night.jpg"
    pairs: tuple[tuple[Path, Path], ...] = ()
    judge: Scorer | None = None
    encoder: str = "slim"
    teacher: str | None = None
    keep: Path | None = None


@dataclass(frozen=True)
class Configuration:
    """One way to paint. kind: method, texture, preset or encoder. settings: what differs from the defaults."""

    name: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """No other has it."""
        return f"{self.kind}-{self.name}"

    def words(self, plan: Plan) -> list[str]:
        """As options of `impasto paint`."""
        chosen = dict(self.settings)
        words = ["--preset", self.name] if self.kind == "preset" else []
        if self.kind == "preset":
            chosen = {}
        if chosen.pop("method", "online") == "fast":
            words.append("--fast")
        elif plan.effort.steps is not None and chosen.get("color") != "only":
            chosen.pop("level_iterations", None)
            chosen["iterations"] = plan.effort.steps
        for name, value in {**chosen, "size": plan.effort.size}.items():
            words += [f"--{name.replace('_', '-')}", ",".join(map(str, value)) if isinstance(value, tuple) else str(value)]
        return words

    def resolved(self, plan: Plan) -> dict[str, Any]:
        """As settings, at the plan's size."""
        steps = {} if plan.effort.steps is None else {"iterations": plan.effort.steps}
        return merge(self.settings, {"size": plan.effort.size}, steps)


def configurations(plan: Plan) -> tuple[list[Configuration], list[str]]:
    """Those of the kinds that the effort asks for, and what is left out because its weights are not on this machine."""
    found = [Configuration(name, "method", settings) for name, settings in METHODS.items()]
    found += [Configuration(name, "texture", {"texture": name}) for name in texture.MODELS]
    found += [Configuration(name, "preset", presets.load(name)) for name in presets.names()]
    missing = [name for name in ENCODERS if locate(name) is None]
    found += [Configuration(name, "encoder", {"encoder": name}) for name in ENCODERS if name not in missing]
    wanted = [one for one in found if one.kind in plan.effort.kinds]
    skipped = [f"encoder {name}: its weights are not on this machine" for name in missing if "encoder" in plan.effort.kinds]
    return wanted, skipped
