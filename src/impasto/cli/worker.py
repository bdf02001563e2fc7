"""`impasto worker`: a process that paints for a studio, on this machine or on another."""

import argparse

from impasto.cli.studio import add_places, check_installed, chosen

EXAMPLES = """examples:
  impasto worker --database postgresql://impasto@db/impasto --queue redis://queue:6379/0 --storage /mnt/studio

Ctrl-C ends it after its step: the painting is kept, and goes on with another worker."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto worker`."""
    parser = subparsers.add_parser(
        "worker",
        help="paint for a studio that runs elsewhere",
        description="Takes the jobs of a studio one by one, until Ctrl-C. Give it the studio's database, queue and storage.",
        epilog=EXAMPLES,
    )
    add_places(parser)
    parser.add_argument("--attached", metavar="NAME", default="", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Works until it is stopped. Raises InputError."""
    check_installed()
    config = chosen(args)
    from impasto.studio.worker import work

    work(config, attached=args.attached)
    return 0
