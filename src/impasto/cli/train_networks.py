"""`impasto train arbitrary` and `impasto train style`: options and messages. The loop is in `impasto.training.arbitrary`."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto.cli import training
from impasto.cli.interruption import Interrupted, Interruption
from impasto.cli.parsing import counted, number, whole
from impasto.errors import InputError
from impasto.offline.networks import ARBITRARY, GIVEN
from impasto.training.record import fingerprint, read_record, write_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lightning_fabric import Fabric

    from impasto.encoders.base import Encoder
    from impasto.offline.networks.base import Network
    from impasto.training.arbitrary import Step, StylisationTrainer
    from impasto.training.data import Pixels
    from impasto.training.settings import StylisationTraining

LEARNING = [name for name in ARBITRARY if name not in ("wct", "style-swap")]

SETTINGS: dict[str, training.Setting] = {
    "steps": (counted(1), "steps in all", 20_000),
    "batch": (counted(1), "pictures a step on each device", 2),
    "size": (counted(1), "pixels of a square crop", 304),
    "learning_rate": (number, "highest learning rate", 1e-3),
    "content_weight": (number, "how much the photo's content counts", 1.0),
    "style_weight": (number, "how much the style counts, times the texture model's own weight", 0.85),
    "texture": (str, "the texture model, what a style is taken to be", "covariance"),
    "seed": (whole, "another seed gives another network", 0),
    "save_every": (counted(1), "steps between two checkpoints", 500),
}

ARBITRARY_SETTINGS = {
    **SETTINGS,
    "learning_rate": (number, "highest learning rate; with --from 0.0003", 1e-3),
    "imitation_weight": (number, "how much --teacher counts", 60.0),
}
TRAINED_SETTINGS = {**ARBITRARY_SETTINGS, "learning_rate": (number, "highest learning rate", 3e-4)}
"""Those with --from: at the rate of a random start a trained network first forgets what it knows."""
STYLE_SETTINGS = {
    **SETTINGS,
    "steps": (counted(1), "steps in all", 300),
    "learning_rate": (number, "highest learning rate", 1e-3),
    "save_every": (counted(1), "steps between two checkpoints", 100),
}
SAME = {
    "network": "--network and --from",
    "encoder": "--encoder",
    "photos": "--content, --exclude and --validation",
    "styles": "style, --exclude and --validation",
    "teacher": "--teacher",
}


def add_arbitrary(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto train arbitrary`."""
    parser = kinds.add_parser(
        "arbitrary",
        help="networks that take any style at once",
        description="Trains a style prediction and a style transfer network on photos and style images.",
    )
    parser.add_argument("--content", required=True, type=Path, metavar="FOLDER|INDEX", help="photos to learn from")
    parser.add_argument("--style", required=True, type=Path, metavar="FOLDER|INDEX", help="style images to learn from")
    _add_run(parser)
    parser.add_argument("--validation", type=Path, metavar="FILE", help="CSV of pairs, content and style, to be judged by")
    parser.add_argument("--network", choices=LEARNING, default=LEARNING[0], help="ours, or a published one (default: ours)")
    parser.add_argument("--from", dest="begin", metavar="NAME|FILE", help="begin with this trained network, not at random")
    parser.add_argument("--teacher", metavar="NAME|FILE", help="also imitate what this larger trained network paints")
    training.add_settings(parser, ARBITRARY_SETTINGS)
    _add_machine(parser)
    parser.set_defaults(run=run_arbitrary)


def add_style(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto train style`."""
    names = ("arbitrary", *GIVEN)
    parser = kinds.add_parser(
        "style",
        help="a network of one style, in minutes",
        description="Specialises the arbitrary network to one style, or trains a published network of given styles.",
    )
    parser.add_argument("styles", metavar="STYLE", nargs="+", type=Path, help="the style image; dumoulin takes several")
    parser.add_argument("--content", required=True, type=Path, metavar="FOLDER|INDEX", help="photos to learn from")
    _add_run(parser)
    parser.add_argument("--network", choices=names, default=names[0], help="which kind (default: arbitrary)")
    parser.add_argument("--from", dest="begin", metavar="NAME|FILE", help="begin with this trained one (default: arbitrary)")
    training.add_settings(parser, STYLE_SETTINGS)
    _add_machine(parser)
    parser.set_defaults(run=run_style)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", required=True, type=Path, metavar="RUN", help="the run's folder, made if missing")
    parser.add_argument("--exclude", type=Path, metavar="FILE", help="leave out every picture that this text or CSV names")
    parser.add_argument("--encoder", default="slim", metavar="NAME|FILE", help="the network that judges (default: slim)")


def _add_machine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--resume", action="store_true", help="go on with the run in --output, with its settings")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    parser.add_argument("--devices", type=counted(1), default=1, metavar="N", help="processes, one a GPU (default: 1)")
    parser.add_argument("--nodes", type=counted(1), default=1, metavar="N", help="machines (default: 1)")
    parser.add_argument("--precision", choices=("auto", "32", "bf16"), default="auto", help="number format (default: auto)")
    parser.add_argument("--threads", type=counted(1), metavar="N", help="processor threads (default: one a core)")


def run_arbitrary(args: argparse.Namespace) -> int:
    """Trains, or goes on training. Raises Interrupted, with everything kept, and ImpastoError."""
    from impasto.training.arbitrary import StylisationTrainer
    from impasto.training.begin import begin_arbitrary, teaching
    from impasto.training.pictures import check_room
    from impasto.training.pool import StyleCrops
    from impasto.training.sets import choose_sets, every_picture
    from impasto.training.validation import Validation

    if args.imitation_weight is not None and args.teacher is None:
        raise InputError("--imitation-weight says how much a teacher counts; name one with --teacher, or leave it out")
    record = _begun(args)
    sets = choose_sets(args.content, args.style, args.exclude, args.validation)
    settings = _settings(args, TRAINED_SETTINGS if args.begin else ARBITRARY_SETTINGS, record)
    encoder, fabric = _prepare(args)
    network = begin_arbitrary(args.network, args.begin, encoder.descriptor, settings.seed)
    teacher = teaching(args.teacher, encoder.descriptor, network) if args.teacher else None
    check_room(len(sets.photos) + len(sets.styles), _shorter(settings))
    fabric.launch()
    photos, styles = (_read(sets.photos, "photos", _shorter(settings)), _read(sets.styles, "styles", _shorter(settings)))
    judged = _read_all(every_picture(sets.pairs), settings.size)
    validation = Validation(list(zip(judged[::2], judged[1::2], strict=True))) if judged else None
    fresh = args.begin is None and record is None
    trainer = StylisationTrainer(
        fabric, network, encoder, photos, StyleCrops(styles), args.output, settings, validation, fresh, teacher
    )
    _restore_or_record(trainer, args, record, photos, styles, {})
    _train(trainer)
    if training.is_first_process():
        print(f"saved {trainer.model}")
    return 0


def run_style(args: argparse.Namespace) -> int:
    """Specialises or trains a network of given styles, and says what that brought. Raises Interrupted, ImpastoError."""
    from impasto.training.arbitrary import StylisationTrainer
    from impasto.training.begin import begin_given
    from impasto.training.pictures import check_room
    from impasto.training.pool import GivenStyles
    from impasto.training.sets import choose_photos
    from impasto.training.validation import Validation

    record = _begun(args)
    learned, held_out = choose_photos(args.content, args.exclude)
    settings = _settings(args, STYLE_SETTINGS, record)
    encoder, fabric = _prepare(args)
    network = begin_given(args.network, args.begin, encoder.descriptor, len(args.styles), settings.seed)
    check_room(len(learned), _shorter(settings))
    fabric.launch()
    given = GivenStyles(_read_all(args.styles, settings.size))
    photos, judged = _read(learned, "photos", _shorter(settings)), _read(held_out, "photos", settings.size)
    pairs = [(photo, k) for photo in judged for k in range(len(given.pictures))]
    validation = Validation(
        [(photo, given.pictures[k]) for photo, k in pairs], [given.told(k, fabric.device) for _, k in pairs]
    )
    trainer = StylisationTrainer(fabric, network, encoder, photos, given, args.output, settings, validation, calibrate=False)
    before = record["before"] if record else validation.look(trainer.trained(), trainer.stylisation)[0]
    _restore_or_record(trainer, args, record, photos, given.pictures, {"before": before})
    after = _train(trainer)
    if training.is_first_process():
        scores = ", ".join(f"{name} {before[name]:.4f} -> {after.get(name, before[name]):.4f}" for name in before)
        print(f"on {len(judged)} photos that were held out: {scores}\nsaved {trainer.model}")
    return 0


def _begun(args: argparse.Namespace) -> dict[str, Any] | None:
    """The record of the run that goes on, if one does."""
    return read_record(args.output) if training.is_begun(args.output, args.resume) else None


def _settings(
    args: argparse.Namespace, options: "Mapping[str, training.Setting]", record: dict[str, Any] | None
) -> "StylisationTraining":
    from impasto.training.settings import StylisationTraining

    return training.merge_settings(args, options, StylisationTraining, record)


def _prepare(args: argparse.Namespace) -> "tuple[Encoder, Fabric]":
    from impasto import encoders
    from impasto.training.devices import prepare

    training.set_threads(args.threads)
    fabric = prepare(args.device, args.devices, args.nodes, args.precision)
    return encoders.load(args.encoder), fabric


def _shorter(settings: "StylisationTraining") -> int:
    """Pixels of the shorter side that pictures are kept at: crops of two thirds of it are sharp."""
    return settings.size * 3 // 2


def _read(files: "Sequence[Path]", what: str, shorter: int) -> "list[Pixels]":
    pictures = training.load(files, what, shorter).pictures
    if not pictures:
        raise InputError(f"none of the {len(files)} {what} can be used; give other ones")
    return pictures


def _read_all(files: "Sequence[Path]", shorter: int) -> "list[Pixels]":
    """Pictures each of which is needed. Raises InputError for the first that cannot be used."""
    from impasto.training.pictures import load_pictures

    loaded = load_pictures(files, shorter)
    if loaded.skipped:
        raise InputError(loaded.skipped[0])
    return loaded.pictures


def _restore_or_record(
    trainer: "StylisationTrainer",
    args: argparse.Namespace,
    begun: dict[str, Any] | None,
    photos: "Sequence[Pixels]",
    styles: "Sequence[Pixels]",
    more: "Mapping[str, Any]",
) -> None:
    record = {
        "settings": asdict(trainer.settings),
        "network": trainer.network.architecture,
        "encoder": args.encoder,
        "teacher": None if trainer.teacher is None else _identified(trainer.teacher),
        "photos": fingerprint(picture.tobytes() for picture in photos),
        "styles": fingerprint(picture.tobytes() for picture in styles),
        **more,
    }
    if begun is not None:
        training.restore(trainer, record, SAME)
    if trainer.fabric.is_global_zero:
        write_record(args.output, record)


def _identified(network: "Network") -> str:
    return fingerprint(value.detach().cpu().numpy().tobytes() for value in network.state_dict().values())


def _train(trainer: "StylisationTrainer") -> "Mapping[str, float]":
    """Runs to the end. Returns the last validation. Raises Interrupted, in the first process alone."""
    from impasto.training.devices import leave_group

    steps, latest = trainer.settings.steps, dict[str, float]()
    try:
        with Interruption() as stop, training.progress("training", steps, trainer.step, "step") as bar:

            def report(step: "Step") -> None:
                bar.set_postfix_str(f"loss {step.losses['total']:.4f}", refresh=False)
                bar.update(step.number - bar.n)
                for line in step.lines(steps):
                    if training.is_first_process():
                        bar.write(line, file=sys.stderr)
                latest.update(step.validation or {})

            stop.working = True
            trainer.run(report, lambda: stop.requested)
    except KeyboardInterrupt as error:
        if not training.is_first_process():
            raise SystemExit(0) from None
        raise Interrupted(f"stopped after step {trainer.step} of {steps}; the same command with --resume goes on") from error
    finally:
        leave_group()
    return latest
