"""A folder as CONTENT: every picture in it, finished ones skipped, a bad one passed over and named at the end."""

import sys
from collections.abc import Sequence
from pathlib import Path

from impasto import images
from impasto.cli.interruption import Interrupted, Interruption
from impasto.cli.progress import Progress
from impasto.cli.sitting import Order, Sitting, check_output, checkpoint_path, get_ready
from impasto.errors import ImpastoError, InputError, OutputError
from impasto.images.formats import output_format
from impasto.images.paths import shown, similar_neighbour


def paint_folder(order: Order, photos: Path, output: Path, stop: Interruption) -> int:
    """Paints the pictures in the folder `photos` into the folder `output`. Returns the exit code: 2 if any was passed over."""
    check_folders(photos, output)
    pairs = name_outputs(images.find_pictures(photos), output, order.bits)
    if not pairs:
        raise InputError(f"the folder {shown(photos)} holds no picture that Impasto reads; subfolders are not looked into")
    if not order.quiet:
        for photo, target in pairs:
            if target.stem == photo.name:
                print(f"note: {shown(photo.name)} becomes {shown(target.name)}; another has its name", file=sys.stderr)
    todo = [(photo, target) for photo, target in pairs if wanted(order, target)]
    failed: list[str] = []
    if todo:
        with Progress(shown(photos.name), quiet=order.quiet) as progress:
            get_ready(order, progress)
    for number, (photo, target) in enumerate(todo, 1):
        if stop.requested:
            raise Interrupted(f"interrupted after {number - 1} of {len(todo)} pictures; the same command goes on with the rest")
        try:
            picture = images.read(photo)
            check_output(order, picture, target)
            Sitting(order, picture, target, stop, f"{number}/{len(todo)} {shown(photo.name)}").paint()
        except ImpastoError as error:
            failed.append(f"{photo.name}: {error}")
    report(order, len(todo) - len(failed), len(pairs) - len(todo), failed)
    return 2 if failed else 0


def check_folders(photos: Path, output: Path) -> None:
    """Raises OutputError unless `output` is a folder, and another one than `photos`."""
    if not output.exists():
        hint = similar_neighbour(output, folders=True) or "; create it first"
        raise OutputError(f"the output folder {shown(output)} does not exist{hint}")
    if not output.is_dir():
        raise OutputError(f"{shown(photos)} is a folder, so the output must be one, and {shown(output)} is a file")
    if output.samefile(photos):
        raise OutputError(f"the output folder {shown(output)} is the photos' own; choose another, so that none is replaced")


def wanted(order: Order, target: Path) -> bool:
    """Whether this painting is still to be made: an existing one is whole, because it appears only when it is finished."""
    return order.overwrite or not target.exists() or (order.resume and checkpoint_path(target).is_file())


def name_outputs(photos: Sequence[Path], folder: Path, bits: int) -> list[tuple[Path, Path]]:
    """Each photo and its painting's path: the photo's name, as .png where its own format cannot be written.

    Where that is another photo's name (`a.gif` beside `a.png`), the whole name is kept: `a.gif.png`. Names that differ in
    case alone count as the same, as they do on many discs.
    """
    own = {photo.name.casefold() for photo in photos if _keeps_name(photo, bits)}
    taken: set[str] = set()
    pairs = []
    for photo in photos:
        name = photo.name
        if not _keeps_name(photo, bits):
            name = f"{photo.stem}.png"
            if name.casefold() in own | taken:
                name = f"{photo.name}.png"
        elif name.casefold() in taken:
            name = f"{photo.name}{photo.suffix}"
        taken.add(name.casefold())
        pairs.append((photo, folder / name))
    return pairs


def report(order: Order, painted: int, skipped: int, failed: Sequence[str]) -> None:
    """The last lines: how many were painted, and which could not be, and why."""
    if not order.quiet:
        parts = [f"{painted} painted"]
        if skipped:
            parts.append(f"{skipped} skipped, being finished (--overwrite paints them again)")
        if failed:
            parts.append(f"{len(failed)} not painted")
        print("; ".join(parts), flush=True)
    for line in failed:
        print("impasto:", " ".join(line.split()), file=sys.stderr)


def _keeps_name(photo: Path, bits: int) -> bool:
    form = output_format(photo)
    return form is not None and (bits == 8 or form.sixteen_bits)
