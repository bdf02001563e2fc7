"""What the commands under `impasto train` share: the run's folder, reading pictures, settings, resuming, progress.

Each command's own options and messages are in `train_encoder.py` and `train_networks.py`.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from impasto.errors import InputError, WeightsError
from impasto.images.outputs import check_place
from impasto.images.paths import shown
from impasto.training.record import RECORD, read_record

if TYPE_CHECKING:
    from impasto.training.pictures import Loaded

Setting = tuple[Callable[[str], Any], str, Any]
"""An option that is a field of the settings: (parser, the help's words, the default there, as their file imports torch)."""

Settings = TypeVar("Settings")
LISTED = 10
"""Pictures that could not be used and are named."""


class Trainer(Protocol):
    """What a trainer offers here."""

    folder: Path

    @property
    def checkpoint(self) -> Path:
        """Where it keeps its state."""

    def resume(self) -> bool:
        """Goes on from it."""


def add_settings(parser: argparse.ArgumentParser, settings: Mapping[str, Setting]) -> None:
    """One option a setting."""
    for name, (kind, words, default) in settings.items():
        metavar = "X" if isinstance(default, float) else "NAME" if isinstance(default, str) else "N"
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar=metavar, help=f"{words} (default: {default})")


def is_begun(folder: Path, resume: bool) -> bool:
    """Whether there is a run to go on with. Raises OutputError, InputError."""
    begun = (folder / "checkpoint.pt").exists()
    if begun and not resume:
        raise InputError(f"{shown(folder)} holds a run already; add --resume to go on with it, or choose another --output")
    check_place(folder / RECORD if folder.exists() else folder)
    if resume and not begun:
        say(f"there is no run in {shown(folder)} yet; a new one begins")
    return begun


def is_first_process() -> bool:
    """Whether this is the one of a run's processes that talks to the user."""
    return os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0")) == "0" and os.environ.get("NODE_RANK", "0") == "0"


def say(message: str) -> None:
    """A line on stderr, once however many processes there are."""
    if is_first_process():
        print(message, file=sys.stderr)


def set_threads(count: int | None) -> None:
    """Processor threads for PyTorch; None leaves its own choice."""
    import torch

    if count is not None:
        torch.set_num_threads(count)


def load(files: Sequence[Path], what: str, shorter: int | None = None) -> "Loaded":
    """Reads the files under a progress bar and says which ones it could not use. shorter: see `load_pictures`."""
    from impasto.training.pictures import SHORTER, load_pictures

    with progress(f"reading {what}", len(files), 0, "file") as bar:
        loaded = load_pictures(files, shorter or SHORTER, report=lambda done: bar.update())
    if loaded.skipped:
        lines = loaded.skipped[:LISTED]
        if len(loaded.skipped) > LISTED:
            lines.append(f"and {len(loaded.skipped) - LISTED} more")
        say("\n  ".join([f"{len(loaded.skipped)} of {len(files)} files left out:", *lines]))
    return loaded


def merge_settings(
    args: argparse.Namespace, options: Mapping[str, Setting], kind: Callable[..., Settings], record: dict[str, Any] | None
) -> Settings:
    """Those of the run that goes on (`record`), or the defaults, with the options that were given in their place."""
    saved = record["settings"] if record else {name: default for name, (_, _, default) in options.items()}
    given = {name: getattr(args, name) for name in options if getattr(args, name) is not None}
    changed = [name for name, value in given.items() if record and saved.get(name) != value]
    if "seed" in changed:
        raise InputError(f"the run was begun with --seed {saved['seed']}; leave --seed out, or choose another --output")
    if changed:
        words = ", ".join(f"--{name.replace('_', '-')} {given[name]} (it was {saved[name]})" for name in changed)
        say(f"the run goes on with {words}, so it will not equal an unbroken one")
    return kind(**{**saved, **given})


def restore(trainer: Trainer, record: Mapping[str, Any], same: Mapping[str, str]) -> None:
    """Brings the trainer to where the run stopped. same: {what must be as it was: its options}.

    Raises InputError where it is another run's, WeightsError where the checkpoint is damaged.
    """
    begun = read_record(trainer.folder)
    for what, options in same.items():
        if record[what] != begun.get(what):
            raise InputError(f"the run was begun with other {what}; give the same {options}, or choose another --output")
    try:
        trainer.resume()
    except Exception as error:  # a damaged archive can raise anything
        path = shown(trainer.checkpoint)
        raise WeightsError(f"{path} is damaged or of another version; begin again in another --output") from error


def progress(label: str, total: int, done: int, unit: str) -> Any:
    """A bar on stderr; nothing where stderr is no terminal, and in other processes than the first."""
    from tqdm import tqdm

    hidden = None if is_first_process() else True
    return tqdm(desc=label, total=total, initial=done, unit=unit, disable=hidden, file=sys.stderr, dynamic_ncols=True)
