"""`impasto studio`: the web page and its API on this machine, or spread over several with `impasto worker`."""

import argparse
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from impasto.cli import parsing
from impasto.errors import InputError

if TYPE_CHECKING:
    from impasto.studio.config import Config

NEEDED = ("fastapi", "uvicorn", "sqlalchemy", "alembic", "huey", "fsspec", "prometheus_client", "python_multipart")
PORT = 8040

EXAMPLES = """examples:
  impasto studio                       on this machine alone, at http://127.0.0.1:8040/
  impasto studio --host 0.0.0.0        for others too, who need the token that it prints
  impasto studio --database postgresql://impasto@db/impasto --queue redis://queue:6379/0 --storage /mnt/studio --workers 0
                                       the web process alone; `impasto worker` paints elsewhere

Each option may be given in the environment as well: IMPASTO_STUDIO_DATABASE, IMPASTO_STUDIO_TOKEN and so on."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `impasto studio`."""
    parser = subparsers.add_parser(
        "studio",
        help="open the studio: a web page, and an API for programs",
        description="Serves a page on which pictures are chosen, previewed and painted, and its API, until Ctrl-C.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--host", help="the address to listen on (default: 127.0.0.1, this machine alone)")
    parser.add_argument("--port", type=parsing.counted(0, 65535), metavar="N", help=f"0 takes a free one (default: {PORT})")
    add_places(parser)
    parser.add_argument("--workers", type=parsing.counted(0), metavar="N", help="processes that paint online (default: 1)")
    parser.add_argument("--token", metavar="T", help="what clients must show (made where others can reach the studio)")
    parser.add_argument(
        "--retention", type=parsing.counted(0), metavar="DAYS", help="delete older paintings (default: 0, never)"
    )
    parser.add_argument("--quota", type=parsing.counted(0), metavar="BYTES", help="for all pictures (default: 0, no bound)")
    parser.add_argument(
        "--trusted-proxy",
        metavar="ADDRESS[,ADDRESS...]",
        help="addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed (default: nobody's)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the page")
    parser.set_defaults(run=run)


def add_places(parser: argparse.ArgumentParser) -> None:
    """Adds what the web process and the workers share."""
    parser.add_argument(
        "--data", metavar="FOLDER", help="for whatever of the following is not given (default: the user's data folder)"
    )
    parser.add_argument("--database", metavar="URL", help="of PostgreSQL (default: an SQLite file)")
    parser.add_argument("--queue", metavar="URL", help="redis://HOST:PORT/N (default: a file)")
    parser.add_argument(
        "--storage", metavar="URL", help="of pictures and checkpoints, as fsspec knows them (default: a folder)"
    )
    parser.add_argument(
        "--lease",
        type=parsing.number,
        metavar="SECONDS",
        help="after which a dead worker's job goes on elsewhere (default: 30)",
    )


def run(args: argparse.Namespace) -> int:
    """Serves until it is stopped. Raises InputError."""
    check_installed()
    config = chosen(args)
    from impasto.studio.serve import serve

    serve(config, browser=not args.no_browser and config.loopback and bool(os.environ.get("DISPLAY") or os.name == "nt"))
    return 0


def chosen(args: argparse.Namespace) -> "Config":
    """The set-up of the environment and the command line, the latter on top. Raises InputError."""
    from impasto.studio.config import Config, from_environment

    given = {name: value for name, value in vars(args).items() if name in Config.__dataclass_fields__ and value is not None}
    values: dict[str, object] = {**from_environment(os.environ), **given}
    return Config(**values)  # type: ignore[arg-type]


def check_installed() -> None:
    """Raises InputError where the studio's packages are missing."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(
            f"the studio needs more packages ({missing[0]} is missing); get them with: pip install 'impasto[studio]'"
        )
