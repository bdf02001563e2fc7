"""`impasto paint`: from the words on the command line to an order that has been checked, and on to one picture or a folder.

The options are in `options`; painting one picture is `sitting`'s work, a folder of them `folder`'s.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impasto import presets
from impasto.cli import options
from impasto.errors import InputError, OutputError, did_you_mean
from impasto.images.paths import shown
from impasto.online.settings import INITS, make_settings

if TYPE_CHECKING:
    from impasto.cli.interruption import Interruption
    from impasto.cli.sitting import Order
    from impasto.images import Picture
    from impasto.online.regions import MaskPair
    from impasto.painting import Style


WHOLE = "-"
"""In the place of a mask: the whole picture."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto paint`."""
    parser = subparsers.add_parser(
        "paint",
        help="paint a photo, or a folder of them, in the style of a picture",
        usage="impasto paint CONTENT STYLE [STYLE ...] -o OUT [options]",
        description="Paints CONTENT in the style of STYLE. Most people need --strength and --size only.",
        epilog=options.EXAMPLES,
        add_help=False,
    )
    options.add_arguments(parser)
    parser.set_defaults(run=run)


def rewrite(words: Sequence[str]) -> Sequence[str]:
    """Another tool's options as ours, where a preset knows them. Raises InputError."""
    from impasto.cli.translation import preset_of, translate

    name = preset_of(words)
    document = presets.document(name) if name is not None else {}
    if name is None or "options" not in document:
        return words
    translation = translate(words, name, document)
    if "-q" not in words and "--quiet" not in words:
        for note in translation.notes:
            print(f"note: {note}", file=sys.stderr)
    return translation.words


def run(args: argparse.Namespace) -> int:
    """Checks what can be checked without PyTorch, then paints. Raises ImpastoError, Interrupted."""
    given = options.chosen_settings(args)
    if args.print_config:
        return print_config(given)
    if args.output is None:
        raise InputError("no output given; add -o OUT, such as -o painting.png")
    from impasto.cli.interruption import Interruption

    with Interruption(args.quiet) as stop:
        if args.content.is_dir():
            return _paint_folder(args, stop)
        return _paint_picture(args, stop)


def _paint_picture(args: argparse.Namespace, stop: "Interruption") -> int:
    from impasto import images
    from impasto.cli.sitting import Sitting, check_output, checkpoint_path
    from impasto.online.regions import regions_of
    from impasto.painting import pictures

    images.check_output(args.output, bits=args.bits, quality=args.quality)
    check_preview(args)
    photo = images.read(args.content)
    order = take_order(args)
    if order.settings.method != "fast":
        regions_of(order.settings, photo, pictures(order.styles), order.masks, images.fit(photo.size, order.settings.size))
    check_output(order, photo, args.output)
    checkpoint = checkpoint_path(args.output)
    if order.resume and not checkpoint.is_file():
        raise InputError(f"there is nothing to resume: {shown(checkpoint)} does not exist; leave out --resume to begin")
    Sitting(order, photo, args.output, stop, shown(args.content.name)).paint()
    return 0


def _paint_folder(args: argparse.Namespace, stop: "Interruption") -> int:
    from impasto.cli.folder import check_folders, paint_folder

    check_folders(args.content, args.output)
    if args.preview is not None:
        raise InputError(f"--preview is for one picture, and {shown(args.content)} is a folder; leave it out")
    if any(where != WHOLE for where, _ in args.mask):
        raise InputError(f"--mask is for one photo, and {shown(args.content)} is a folder; paint its pictures one by one")
    return paint_folder(take_order(args), args.content, args.output, stop)


def take_order(args: argparse.Namespace) -> "Order":
    """The order, its style pictures read. Raises InputError for what cannot be used."""
    from impasto.cli.sitting import Order
    from impasto.online.regions import style_weights

    given = options.chosen_settings(args)
    settings = make_settings(given)
    style_weights(settings, len(args.styles))
    check_init(settings.init)
    if settings.method == "fast":
        check_fast(args)
    return Order(
        given=given,
        styles=tuple(find_style(path, args.quiet, settings.method) for path in args.styles),
        masks=read_masks(args.mask),
        bits=args.bits,
        quality=args.quality,
        preview=args.preview,
        save_every=args.save_every,
        resume=args.resume,
        overwrite=args.overwrite,
        quiet=args.quiet,
    )


def check_fast(args: argparse.Namespace) -> None:
    """Raises InputError for what a painting made in one pass cannot have."""
    for name in ("preview", "save_every", "resume"):
        if getattr(args, name):
            raise InputError(f"--{name.replace('_', '-')} is of the online method; leave it out, or paint without --fast")


def find_style(path: Path, quiet: bool, method: str) -> "Style":
    """A style picture, or, for the fast method and where there is no such file, a style of the user's library."""
    if method == "fast" and not path.exists():
        from impasto.runtime import library

        if str(path) in library.names():
            return library.get(str(path))
    return read_style(path, quiet)


def read_style(path: Path, quiet: bool) -> "Picture":
    """A style picture; its notes are printed."""
    from impasto import images

    style = images.read(path)
    if not quiet:
        for note in style.notes:
            print(f"note: {shown(path)}: {note}", file=sys.stderr)
    return style


def read_masks(pairs: Sequence[Sequence[str]]) -> "tuple[MaskPair, ...]":
    """The masks of --mask. Raises InputError for one that cannot be read, or is black."""
    from impasto.images.masks import read_mask

    read = {name: None if name == WHOLE else read_mask(name) for pair in pairs for name in pair}
    return tuple((read[where], read[part]) for where, part in pairs)


def print_config(given: Mapping[str, Any]) -> int:
    """Prints every setting as it would be used, which takes the encoder and its layers."""
    from impasto import painter, texture
    from impasto.online.preparation import resolve
    from impasto.presets.config import dump

    settings = make_settings(given)
    encoder = painter.encoder_of(settings)
    print(dump(resolve(settings, encoder.descriptor, texture.create(settings.texture))), end="")
    return 0


def check_preview(args: argparse.Namespace) -> None:
    """Raises OutputError unless the preview can be written, and is none of the other pictures."""
    if args.preview is None:
        return
    from impasto import images

    images.check_output(args.preview)
    for other in (args.output, args.content, *args.styles):
        if args.preview.resolve() == other.resolve():
            raise OutputError(f"--preview {shown(args.preview)} is another picture of this painting; choose another name")


def check_init(init: str | None) -> None:
    """Raises InputError unless `init` is the recommended way to begin (None), another one, or a picture that can be read."""
    if init is None or init in INITS:
        return
    if not Path(init).exists():
        hint = did_you_mean(init, INITS)
        hint = hint if hint.startswith("; did you mean") else ""
        raise InputError(f"--init is '{init}', which is neither one of {', '.join(INITS)} nor a picture's file{hint}")
    from impasto import images

    images.read(init)
