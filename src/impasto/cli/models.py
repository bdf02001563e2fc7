"""`impasto models`: what weights there are, where they were found, and how to get the others."""

import argparse
import sys

from impasto.errors import InputError
from impasto.weights.catalogue import CATALOGUE, Source, source
from impasto.weights.progress import ProgressBar
from impasto.weights.store import cache_folder, check, discard, fetch, locate, place


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto models [get NAME ...]`."""
    parser = subparsers.add_parser(
        "models",
        help="list the encoders' weights, or get one",
        description="Lists the weights that Impasto knows: size, licence, and where they are or how to get them.",
    )
    parser.set_defaults(run=run, names=[])
    actions = parser.add_subparsers(metavar="get")
    get = actions.add_parser("get", help="download weights", description="Downloads weights and checks them.")
    get.add_argument("names", nargs="+", metavar="NAME", help="a name from the list")


def run(args: argparse.Namespace) -> int:
    """Prints the list, or gets the named weights. Raises InputError, WeightsError."""
    if args.names:
        for name in [source(name).name for name in args.names]:
            _get(name)
    else:
        print(_table())
    return 0


def _get(name: str) -> None:
    if source(name).embedded:
        raise InputError(f"'{name}' is embedded in Impasto; there is nothing to get")
    if check(name) == "damaged" and place(name) == "cache":
        print(f"{name}: the copy in the cache is damaged and is fetched again", file=sys.stderr)
        discard(name)
    already = locate(name) is not None
    with ProgressBar(name) as progress:
        path = fetch(name, progress)
    print(f"{name}: {'already at' if already else 'saved as'} {path}")


def _table() -> str:
    rows = [("NAME", "SIZE", "LICENCE", "WHERE", "WHAT")]
    rows += [(entry.name, _size(entry), entry.licence, _where(entry), entry.what) for entry in CATALOGUE.values()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    lines = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows]
    return "\n".join([*lines, "", f"Cache: {cache_folder()}"])


def _size(entry: Source) -> str:
    path = locate(entry.name)
    size = path.stat().st_size if path else entry.size
    return f"{size / 2**20:.1f} MiB" if size else "?"


def _where(entry: Source) -> str:
    if found := place(entry.name):
        return found
    return "missing" if entry.embedded else f"impasto models get {entry.name}"
