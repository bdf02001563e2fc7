"""The one family of errors that a user can cause and can mend.

Every message names the thing, the reason and the way out in one line: the command line prints it as it is and exits with
code 2. A bug of ours is never wrapped in these classes. No other code lives here.
"""

import difflib
from collections.abc import Iterable


class ImpastoError(Exception):
    """Something the user can mend. `str(error)` is one line: what, why, what to do."""


class InputError(ImpastoError, ValueError):
    """A picture, a folder or an option that cannot be used as it is."""


class OutputError(ImpastoError, OSError):
    """The result cannot be written where it was asked for."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class WeightsError(ImpastoError):
    """Weights that are missing, damaged or of another architecture, or that cannot be fetched."""


class MemoryLimitError(ImpastoError, MemoryError):
    """The work does not fit into memory; the message says which size would."""


class NonFiniteLossError(ImpastoError, ArithmeticError):
    """The loss became NaN or infinite; nothing was saved."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint to append to a message: `; did you mean 'relu4_1'?`, or the known names when nothing is close."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(known)}" if known else ""
