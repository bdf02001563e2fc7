"""`impasto train encoder`: options and messages. The loop is in `impasto.training.encoder`."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from impasto.cli import training
from impasto.cli.interruption import Interrupted, Interruption
from impasto.cli.parsing import counted, number, whole
from impasto.errors import InputError
from impasto.training.record import fingerprint, read_record, write_record

if TYPE_CHECKING:
    from impasto.encoders.base import Encoder
    from impasto.training.encoder import EncoderTrainer

SETTINGS: dict[str, training.Setting] = {
    "steps": (counted(1), "steps in all", 4000),
    "batch": (counted(1), "crops a step", 8),
    "size": (counted(1), "pixels of a square crop", 128),
    "learning_rate": (number, "highest learning rate", 0.015),
    "seed": (whole, "another seed gives another encoder", 0),
    "save_every": (counted(1), "steps between two checkpoints", 500),
}
SAME = {"teacher": "--teacher", "pictures": "--images, --exclude and --validation"}


def add(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto train encoder`."""
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
    encoder.add_argument("--from", dest="begin", metavar="NAME|FILE", help="begin with this slim encoder, not at random")
    training.add_settings(encoder, SETTINGS)
    encoder.add_argument("--resume", action="store_true", help="go on with the run in --output, with its settings")
    encoder.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    encoder.add_argument("--threads", type=counted(1), metavar="N", help="processor threads (default: one a core)")
    encoder.set_defaults(run=run_encoder)


def run_encoder(args: argparse.Namespace) -> int:
    """Trains, or goes on training. Raises Interrupted, with everything kept, and ImpastoError."""
    from impasto.training.encoder import EncoderTrainer, EncoderTraining
    from impasto.training.pictures import choose_files

    resumed = training.is_begun(args.output, args.resume)
    learned, held_out = choose_files(args.images, args.exclude, args.validation)
    device = _device(args)
    teacher = _load_teacher(args.teacher)
    settings = training.merge_settings(args, SETTINGS, EncoderTraining, read_record(args.output) if resumed else None)
    pictures, validation = training.load(learned, "pictures"), training.load(held_out, "validation")
    trainer = EncoderTrainer(teacher, pictures.pictures, validation.pictures, args.output, settings, device)
    record = {
        "settings": asdict(settings),
        "teacher": fingerprint(parameter.detach().cpu().numpy().tobytes() for parameter in teacher.parameters()),
        "pictures": fingerprint(picture.tobytes() for picture in pictures.pictures),
    }
    if resumed:
        training.restore(trainer, record, SAME)
    elif args.begin is not None:
        _begin_with(trainer, args.begin)
    write_record(args.output, record)
    return _train(trainer)


def _train(trainer: "EncoderTrainer") -> int:
    steps, weights = trainer.settings.steps, trainer.folder / "slim.safetensors"
    try:
        with Interruption() as stop, training.progress("training", steps, trainer.step, "step") as bar:

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


def _device(args: argparse.Namespace) -> str:
    """The name of the device to train on."""
    from impasto.device import choose_device

    training.set_threads(args.threads)
    return str(choose_device(args.device))


def _begin_with(trainer: "EncoderTrainer", name: str) -> None:
    """Raises InputError for an encoder that is not slim, or of other layers or wider ones than this teacher asks for."""
    from impasto import encoders
    from impasto.encoders.slim import Slim

    encoder = encoders.load(name)
    if not isinstance(encoder, Slim):
        raise InputError(f"'{name}' is no slim encoder, so no run can begin with it; give --from one that was trained here")
    trainer.start_from(encoder.state_dict())


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
