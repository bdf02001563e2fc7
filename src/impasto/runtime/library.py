"""The user's own styles: small files in the platform's data folder, by name. Making embeddings is `fast.py`'s work."""

import os
import re
from pathlib import Path

import platformdirs

from impasto.errors import InputError, OutputError, did_you_mean
from impasto.images.paths import reason
from impasto.runtime.embedding import StyleEmbedding

SUFFIX = ".safetensors"
_NAME = re.compile(r"[^\W_][\w-]{0,63}")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def library_folder() -> Path:
    """`$IMPASTO_HOME/styles`, or `styles` in the user's data folder. Need not exist yet."""
    home = os.environ.get("IMPASTO_HOME")
    return (Path(home) if home else platformdirs.user_data_path("impasto", appauthor=False)) / "styles"


def check_name(name: str) -> str:
    """The name, if a style may have it. Raises InputError."""
    if not _NAME.fullmatch(name) or name.lower() in _RESERVED:
        raise InputError(
            f"'{name}' cannot be a style's name: use letters, digits, '-' and '_', up to 64, beginning with a letter or digit"
        )
    return name


def name_for(path: Path) -> str:
    """A name made of a picture's file name."""
    words = re.sub(r"[\W_]+", "-", path.stem).strip("-").lower()[:64].rstrip("-")
    return words or "style"


def names() -> list[str]:
    """All styles in the library, in order."""
    found = (path.stem for path in library_folder().glob(f"*{SUFFIX}"))
    return sorted(name for name in found if _NAME.fullmatch(name))


def add(name: str, style: StyleEmbedding, overwrite: bool = False) -> Path:
    """Keeps a style. Raises InputError for a name that is taken or no name, OutputError where it cannot be written."""
    path = _path(name)
    if path.exists() and not overwrite:
        raise InputError(f"there is a style '{name}' already; choose another with --name, or replace it with --overwrite")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {path.parent} ({reason(error)}); set IMPASTO_HOME to another") from error
    style.save(path)
    return path


def get(name: str) -> StyleEmbedding:
    """The style of that name. Raises InputError where there is none, WeightsError where its file is damaged."""
    return StyleEmbedding.load(get_path(name))


def remove(name: str) -> None:
    """Deletes a style. Raises InputError where there is none, OutputError where the system refuses."""
    try:
        get_path(name).unlink()
    except OSError as error:
        raise OutputError(f"cannot remove the style '{name}' ({reason(error)}); check the permissions") from error


def get_path(name: str) -> Path:
    """The file of a style. Raises InputError where there is none."""
    path = _path(name)
    if not path.is_file():
        known = names()
        hint = did_you_mean(name, known) if known else "; the library is empty, see `impasto styles add`"
        raise InputError(f"there is no style '{name}'{hint}")
    return path


def _path(name: str) -> Path:
    return library_folder() / f"{check_name(name)}{SUFFIX}"
