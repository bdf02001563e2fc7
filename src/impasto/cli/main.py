"""The command line's entrance: finds the command, and turns whatever happens into a message and an exit code.

0 done, 1 our fault, 2 the user can mend it, 130 interrupted (work kept). Nothing heavy is imported before a command runs.
"""

import argparse
import atexit
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import impasto
from impasto.cli.parsing import Parser
from impasto.errors import ImpastoError, InputError, did_you_mean

COMMANDS = (
    "paint",
    "texture",
    "sheet",
    "reconstruct",
    "models",
    "doctor",
    "train",
    "export",
    "styles",
    "studio",
    "worker",
    "evaluate",
)
"""Each is a module of this package with `register(subparsers)`, which sets `run(args) -> exit code`."""

DONE, OUR_FAULT, USER_CAN_MEND, INTERRUPTED = 0, 1, 2, 130


def run() -> NoReturn:
    """The program: this process's command line, and out. Engines are not taken apart, which would take a tenth of a second."""
    code = main()
    if threading.active_count() == 1:
        atexit._run_exitfuncs()
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:
            sys.exit(code)
        os._exit(code)
    sys.exit(code)


def main(words: Sequence[str] | None = None) -> int:
    """Runs the command line. words: without the program's name; None for this process's own. Returns the exit code."""
    words = list(sys.argv[1:] if words is None else words)
    try:
        return _dispatch(words)
    except ImpastoError as error:
        _say(str(error))
        return USER_CAN_MEND
    except KeyboardInterrupt as error:
        _say(str(error) or "interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left (`| head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception:
        traceback.print_exc()
        _say("this is a bug, please report it with the lines above and what `impasto doctor` prints")
        return OUR_FAULT


def _dispatch(words: Sequence[str]) -> int:
    command = next((word for word in words if not word.startswith("-")), None)
    if command is not None and command not in COMMANDS:
        raise InputError(f"unknown command '{command}'{_hint(command)}")
    parser = _parser(COMMANDS if command is None else (command,))
    args = parser.parse_args(_rewritten(words, command))
    if not hasattr(args, "run"):
        parser.print_help()
        return DONE
    code: int = args.run(args)
    return code


def _rewritten(words: Sequence[str], command: str | None) -> Sequence[str]:
    """The words as the command wants them parsed, where it has a `rewrite(words after its name)`."""
    rewrite = command and getattr(import_module(f"impasto.cli.{command}"), "rewrite", None)
    if not command or not rewrite:
        return words
    place = words.index(command) + 1
    return [*words[:place], *rewrite(words[place:])]


def _parser(commands: Sequence[str]) -> argparse.ArgumentParser:
    """A parser of these commands only: the others need not be imported."""
    parser = Parser(
        prog="impasto",
        description="Impasto paints a photo in the style of any picture.",
        epilog="impasto COMMAND --help explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"impasto {impasto.__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in commands:
        import_module(f"impasto.cli.{command}").register(subparsers)
    return parser


def _hint(command: str) -> str:
    if Path(command).exists():
        return f"; to paint a picture: impasto paint {command} STYLE -o OUT"
    return did_you_mean(command, COMMANDS)


def _say(message: str) -> None:
    print("impasto:", " ".join(message.split()), file=sys.stderr)
