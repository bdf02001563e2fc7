"""How a path is shown in a message, and which file the user may have meant. Nothing here opens a file."""

import difflib
import os
from pathlib import Path

from impasto.errors import did_you_mean

AnyPath = str | os.PathLike[str]


def shown(path: AnyPath) -> str:
    """The path in quotes, on one line: control characters in a file name may not break a message in two."""
    text = os.fspath(path)
    return "'" + "".join(character if character.isprintable() else "?" for character in text) + "'"


def reason(error: OSError) -> str:
    """The operating system's words for an error, in lower case and without the path: `permission denied`."""
    return (error.strerror or type(error).__name__).lower()


def similar_neighbour(path: Path, *, folders: bool = False) -> str:
    """A hint to append when a file (or folder) is missing: `; did you mean 'photo.jpg'?`, or nothing when none is close."""
    try:
        neighbours = [entry.name for entry in os.scandir(path.parent) if entry.is_dir() == folders]
    except OSError:
        return ""
    # A folder holds many names that look a little alike (all those .jpg): only a slip of the finger is worth a hint.
    close = difflib.get_close_matches(path.name, neighbours, n=1, cutoff=0.8)
    return did_you_mean(path.name, close) if close else ""
