"""`impasto styles`: the user's library of styles for the fast method."""

import argparse
from pathlib import Path

from impasto.errors import InputError
from impasto.images.paths import shown


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto styles add|list|show|remove`."""
    parser = subparsers.add_parser(
        "styles",
        help="keep styles by name, for the fast method",
        description="A library of styles: a kilobyte each, computed once, used by name.",
    )
    parser.set_defaults(run=run_list)
    actions = parser.add_subparsers(title="actions", metavar="add|list|show|remove")
    add = actions.add_parser("add", help="keep the style of a picture", description="Keeps the style of a picture.")
    add.add_argument("picture", metavar="PICTURE", type=Path, help="the style image")
    add.add_argument("--name", help="what to call it (default: after the file)")
    add.add_argument("--overwrite", action="store_true", help="replace a style of that name")
    add.set_defaults(run=run_add)
    listed = actions.add_parser("list", help="list the styles", description="Lists the styles.")
    listed.set_defaults(run=run_list)
    show = actions.add_parser("show", help="say what is known of a style", description="Says what is known of a style.")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=run_show)
    remove = actions.add_parser("remove", help="delete styles", description="Deletes styles from the library.")
    remove.add_argument("names", metavar="NAME", nargs="+")
    remove.set_defaults(run=run_remove)


def run_add(args: argparse.Namespace) -> int:
    """Embeds the picture and keeps it. Raises InputError, OutputError, WeightsError."""
    from impasto.images import read
    from impasto.runtime import library
    from impasto.runtime.fast import FastPainter

    name = library.check_name(args.name) if args.name is not None else library.name_for(args.picture)
    if name in library.names() and not args.overwrite:
        raise InputError(f"there is a style '{name}' already; choose another with --name, or replace it with --overwrite")
    picture = read(args.picture)
    path = library.add(name, FastPainter().embed(picture), overwrite=args.overwrite)
    print(f"{name}: saved as {path}")
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Prints the names, or how to get some."""
    from impasto.runtime import library

    names = library.names()
    print("\n".join(names) if names else "no styles yet; add one with: impasto styles add PICTURE")
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Prints what is known of a style. Raises InputError, WeightsError."""
    from impasto.runtime import library

    style = library.get(args.name)
    mean = "".join(f"{round(255 * min(max(float(value), 0), 1)):02x}" for value in style.mean)
    facts = {
        "name": args.name,
        "picture": shown(style.source) if style.source else "-",
        "mean colour": f"#{mean}",
        "embedding": f"{len(style.vector)} numbers",
        "network": style.model,
    }
    width = max(map(len, facts))
    print("\n".join(f"{key.ljust(width)}  {value}" for key, value in facts.items()))
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Deletes the styles, all or none. Raises InputError, OutputError."""
    from impasto.runtime import library

    for name in args.names:
        library.get_path(name)
    for name in dict.fromkeys(args.names):
        library.remove(name)
        print(f"{name}: removed")
    return 0
