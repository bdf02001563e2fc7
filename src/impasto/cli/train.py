"""`impasto train`: networks of your own. Options and messages; the loops are in `impasto.training`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.cli.interruption import Interrupted, Interruption
from impasto.cli.parsing import counted, number, whole
from impasto.errors import InputError, WeightsError
from impasto.images.outputs import check_place
from impasto.images.paths import shown
from impasto.training.record import RECORD, fingerprint, read_record, write_record

if TYPE_CHECKING:
    from impasto.encoders.base import Encoder
    from impasto.training.encoder import EncoderTrainer, EncoderTraining
    from impasto.training.pictures import Loaded

# Options that are fields of `EncoderTraining`: (parser, the help's words, the default there, as that file imports torch).
SETTINGS: dict[str, tuple[Callable[[str], float], str, float]] = {
    "steps": (counted(1), "steps in all", 4000),
    "batch": (counted(1), "crops a step", 8),
    "size": (counted(1), "pixels of a square crop", 128),
    "learning_rate": (number, "highest learning rate", 0.015),
    "seed": (whole, "another seed gives another encoder", 0),
    "save_every": (counted(1), "steps between two checkpoints", 500),
}
_LISTED = 10


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto train encoder`."""
    train = subparsers.add_parser("train", help="train a network of your own", description="Trains networks.")
    kinds = train.add_subparsers(metavar="WHAT", required=True)
    encoder = kinds.add_parser(
        "encoder",
        help="a slim encoder that sees what a larger one sees",
        description="Distils a VGG-19 into a slim encoder. The folder of the run then holds slim.safetensors, for --encoder.",
    )
    encoder.add_argument("--teacher", required=True, metavar="NAME|FILE", help="a VGG-19: see impasto models, or its weights")
    encoder.add_argument("--images", required=True, nargs="+", type=Path, metavar="FOLDER", help="pictures to learn from")
    encoder.add_argument("--output", required=True, type=Path, metavar="FOLDER", help="the run's folder, made if missing")
    encoder.add_argument("--exclude", type=Path, metavar="FILE", help="leave out every picture that this text or CSV names")
    encoder.add_argument(
        "--validation",
        type=Path,
        metavar="FOLDER|FILE",
        help="score the encoder on these: a folder, or a text or CSV naming some of --images, which are then not learned from",
    )
    for name, (kind, words, default) in SETTINGS.items():
        encoder.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N", help=f"{words} (default: {default})")
    encoder.add_argument("--resume", action="store_true", help="go on with the run in --output, with its settings")
    encoder.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    encoder.add_argument("--threads", type=counted(1), metavar="N", help="processor threads (default: one a core)")
    encoder.set_defaults(run=run_encoder)


def run_encoder(args: argparse.Namespace) -> int:
    """Trains, or goes on training. Raises Interrupted, with everything kept, and ImpastoError."""
    from impasto.training.encoder import EncoderTrainer
    from impasto.training.pictures import choose_files

    resumed = _is_begun(args.output, args.resume)
    learned, held_out = choose_files(args.images, args.exclude, args.validation)
    device = _prepare_torch(args)
    teacher = _load_teacher(args.teacher)
    settings = _settings(args, read_record(args.output) if resumed else None)
    pictures, validation = _load(learned, "pictures"), _load(held_out, "validation")
    trainer = EncoderTrainer(teacher, pictures.pictures, validation.pictures, args.output, settings, device)
    record = {
        "settings": asdict(settings),
        "teacher": fingerprint(parameter.detach().cpu().numpy().tobytes() for parameter in teacher.parameters()),
        "pictures": fingerprint(picture.tobytes() for picture in pictures.pictures),
    }
    if resumed:
        _restore(trainer, record)
    write_record(args.output, record)
    return _train(trainer)


def _train(trainer: "EncoderTrainer") -> int:
    steps, weights = trainer.settings.steps, trainer.folder / "slim.safetensors"
    try:
        with Interruption() as stop, _progress("training", steps, trainer.step, "step") as bar:

            def report(step: int, loss: float, validation: dict[str, float]) -> None:
                bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)
                bar.update(step - bar.n)
                if validation or step % trainer.settings.save_every == 0:
                    errors = ", ".join(f"{layer} {error:.3f}" for layer, error in validation.items())
                    bar.write(f"step {step} of {steps}: loss {loss:.4f}{errors and '; validation: '}{errors}", file=sys.stderr)
                if stop.requested:
                    raise KeyboardInterrupt

            stop.working = True
            trainer.run(report)
    except KeyboardInterrupt as error:
        raise Interrupted(f"stopped after step {trainer.step} of {steps}; the same command with --resume goes on") from error
    print(f"saved {weights}; paint with --encoder {weights}")
    return 0


def _is_begun(folder: Path, resume: bool) -> bool:
    """Whether there is a run to go on with. Raises OutputError, InputError."""
    begun = (folder / "checkpoint.pt").exists()
    if begun and not resume:
        raise InputError(f"{shown(folder)} holds a run already; add --resume to go on with it, or choose another --output")
    check_place(folder / RECORD if folder.exists() else folder)
    if resume and not begun:
        print(f"there is no run in {shown(folder)} yet; a new one begins", file=sys.stderr)
    return begun


def _prepare_torch(args: argparse.Namespace) -> str:
    """The name of the device to train on."""
    import torch

    from impasto.device import choose_device

    if args.threads is not None:
        torch.set_num_threads(args.threads)
    return str(choose_device(args.device))


def _load_teacher(name: str) -> "Encoder":
    """Raises InputError for a teacher without the layers that a slim encoder learns."""
    import torch

    from impasto import encoders
    from impasto.training.distillation import LAYERS

    teacher = encoders.load(name)
    missing = [layer for layer in LAYERS if layer not in teacher.descriptor.layers]
    if missing:
        raise InputError(f"teacher '{name}' has no layer '{missing[0]}'; take a VGG-19 (impasto models lists some)")
    for parameter in teacher.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return teacher


def _load(files: Sequence[Path], what: str) -> "Loaded":
    """Reads the files under a progress bar and says which ones it could not use."""
    from impasto.training.pictures import load_pictures

    with _progress(f"reading {what}", len(files), 0, "file") as bar:
        loaded = load_pictures(files, report=lambda done: bar.update())
    if loaded.skipped:
        lines = loaded.skipped[:_LISTED]
        if len(loaded.skipped) > _LISTED:
            lines.append(f"and {len(loaded.skipped) - _LISTED} more")
        print("\n  ".join([f"{len(loaded.skipped)} of {len(files)} files left out:", *lines]), file=sys.stderr)
    return loaded


def _settings(args: argparse.Namespace, record: dict[str, Any] | None) -> "EncoderTraining":
    """Those of the run that goes on (`record`), or the defaults, with the options that were given in their place."""
    from impasto.training.encoder import EncoderTraining

    saved = record["settings"] if record else {}
    given = {name: getattr(args, name) for name in SETTINGS if getattr(args, name) is not None}
    changed = [name for name, value in given.items() if name in saved and saved[name] != value]
    if "seed" in changed:
        raise InputError(f"the run was begun with --seed {saved['seed']}; leave --seed out, or choose another --output")
    if changed:
        words = ", ".join(f"--{name.replace('_', '-')} {given[name]} (it was {saved[name]})" for name in changed)
        print(f"the run goes on with {words}, so it will not equal an unbroken one", file=sys.stderr)
    return EncoderTraining(**{**saved, **given})


def _restore(trainer: "EncoderTrainer", record: dict[str, Any]) -> None:
    """Brings the trainer to where the run stopped. Raises InputError, WeightsError."""
    begun = read_record(trainer.folder)
    for what, option in (("teacher", "--teacher"), ("pictures", "--images, --exclude and --validation")):
        if record[what] != begun[what]:
            raise InputError(f"the run was begun with other {what}; give the same {option}, or choose another --output")
    try:
        trainer.resume()
    except Exception as error:  # a damaged archive can raise anything
        path = shown(trainer.checkpoint)
        raise WeightsError(f"{path} is damaged or of another version; begin again in another --output") from error


def _progress(label: str, total: int, done: int, unit: str) -> Any:
    """A bar on stderr; nothing where stderr is no terminal."""
    from tqdm import tqdm

    return tqdm(desc=label, total=total, initial=done, unit=unit, disable=None, file=sys.stderr, dynamic_ncols=True)
