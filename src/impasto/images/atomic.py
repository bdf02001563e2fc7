"""Files that appear whole or not at all: a temporary neighbour, written, synced, moved into place. Any bytes."""

import contextlib
import os
import secrets
import stat
from pathlib import Path

from impasto.errors import OutputError
from impasto.images.paths import AnyPath, reason, shown

_TEMPORARY = ".impasto-{}.tmp"


def write_bytes(path: AnyPath, data: bytes) -> None:
    """Put `data` under `path`, atomically: a reader sees the old file or the finished new one, nothing in between.

    An existing file keeps its permissions, and a symbolic link keeps pointing at it. After an error or Ctrl-C the old file
    is as it was and no temporary file is left. Raises OutputError when the system refuses.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(_TEMPORARY.format(secrets.token_hex(6)))
    try:
        try:
            _write_synced(temporary, data)
            _copy_permissions(target, temporary)
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise OutputError(
            f"{shown(path)} cannot be written ({reason(error)}): free or mend that place, or choose another"
        ) from error
    _sync_folder(target.parent)


def check_folder_accepts_files(folder: Path) -> None:
    """Create and remove a temporary file: the only test that also finds read-only discs and odd permissions.

    Raises OSError when the folder does not accept it.
    """
    probe = folder / _TEMPORARY.format(secrets.token_hex(6))
    os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    probe.unlink()


def _write_synced(path: Path, data: bytes) -> None:
    # os.open, unlike tempfile, gives the file the permissions that the user's umask asks for.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _copy_permissions(source: Path, target: Path) -> None:
    with contextlib.suppress(OSError):
        target.chmod(stat.S_IMODE(source.stat().st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
