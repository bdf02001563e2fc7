"""Who judges: the network whose features the judged measures compare, and what is to be said of its impartiality.

A method that was optimised to please a network scores well with it, and with its relatives, whatever it paints.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.encoders.registry import names
from impasto.errors import did_you_mean
from impasto.weights.store import locate

if TYPE_CHECKING:
    import torch

    from impasto.encoders.base import Encoder

RANDOM, PREFERRED = "random", "vgg19"
TRAINER = "slim"
"""The encoder through which the shipped network of the fast method was trained."""

KIN = frozenset({"slim", "vgg19", "vgg19-caffe"})
"""`slim` was distilled from a VGG-19, and the two of these that are one agree: they see alike, but are not the same."""


def known() -> tuple[str, ...]:
    """Every name of a judge."""
    return (RANDOM, *names())


def recorded_encoder(settings: Mapping[str, Any] | None) -> str | None:
    """The encoder that a pastiche was optimised against, as its metadata tell, or None when they do not."""
    chosen = (settings or {}).get("settings")
    if not isinstance(chosen, Mapping):
        return None
    if chosen.get("method") == "fast":
        return TRAINER
    encoder = chosen.get("encoder")
    return encoder if isinstance(encoder, str) else None


def choose(recorded: Iterable[str | None] = ()) -> str:
    """The default judge: VGG-19 when it is on this machine and nothing was optimised against it, else the random network.

    recorded: what `recorded_encoder` says of each pastiche.
    """
    against = {name for name in recorded if name}
    taken = any(same(PREFERRED, name) for name in against)
    return PREFERRED if locate(PREFERRED) is not None and not taken else RANDOM


def load(name_or_file: str, device: "torch.device") -> "Encoder":
    """The judge of that name or file, in float32. Raises InputError and WeightsError as the encoders do."""
    if name_or_file == RANDOM:
        from impasto.metrics.random_network import RandomNetwork

        return RandomNetwork().to(device).eval()
    from impasto.encoders.loading import load_encoder
    from impasto.errors import InputError

    if name_or_file not in names() and not Path(name_or_file).is_file() and Path(name_or_file).suffix == "":
        raise InputError(f"unknown judge '{name_or_file}'{did_you_mean(name_or_file, known())}")
    return load_encoder(name_or_file, device=device)


def same(judge: str, encoder: str) -> bool:
    """Whether they are one network, by name or by the file's name."""
    return Path(judge).name == Path(encoder).name


def partiality(judge: str, recorded: Iterable[str | None]) -> str:
    """A sentence where the judge is not impartial, or nothing. recorded: as for `choose`."""
    against = sorted({name for name in recorded if name})
    if any(same(judge, name) for name in against):
        return f"the judge '{judge}' is the encoder that these were painted with: it flatters them; choose another with --judge"
    relatives = [name for name in against if {judge, name} <= KIN]
    if relatives:
        return f"the judge '{judge}' is kin to the encoder '{relatives[0]}' that these were painted with, and may flatter them"
    return ""
