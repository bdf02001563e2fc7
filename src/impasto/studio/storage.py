"""Pictures and checkpoints as bytes under keys, on any file system that fsspec knows: a folder by default, an URL by choice.

A key is made here, of a folder's name of ours and random letters; nothing that a client says becomes part of one. A key is
written once and never changed, so a reader sees a whole file or none, and the database's row decides which file counts.
"""

import contextlib
import datetime
import errno
import secrets
import shutil
import time
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec  # type: ignore[import-untyped, unused-ignore]
from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped, unused-ignore]

from impasto.errors import InputError, OutputError
from impasto.studio.faults import Full, NotFound

FOLDERS = ("pictures", "paintings", "checkpoints")


class Storage:
    """Bytes by key. Raises InputError for an URL that cannot be used, and Full where there is no room for more."""

    def __init__(self, url: str) -> None:
        try:
            self._fs, root = fsspec.core.url_to_fs(url)
            self._root = root.rstrip("/")
            for folder in FOLDERS:
                self._fs.makedirs(f"{self._root}/{folder}", exist_ok=True)
        except (ImportError, ValueError) as error:
            raise InputError(
                f"--storage cannot be used ({_words(error)}); give a folder, or an URL that fsspec knows"
            ) from error
        except OSError as error:
            raise InputError(f"the storage '{url}' does not answer ({_words(error)}); mend --storage") from error

    @property
    def local(self) -> bool:
        """Whether it is a folder on this machine."""
        return isinstance(self._fs, LocalFileSystem)

    def put(self, folder: str, data: bytes, suffix: str) -> str:
        """Keeps the bytes, and returns their key."""
        key = _new_key(folder, suffix)
        with self._writing(key), self._fs.open(self._path(key), "wb") as file:
            file.write(data)
        return key

    def take(self, folder: str, path: Path) -> str:
        """Keeps a file's content, and returns its key. The file itself may be gone afterwards."""
        key = _new_key(folder, path.suffix)
        with self._writing(key):
            if self.local:
                shutil.move(path, self._path(key))
            else:
                self._fs.put_file(str(path), self._path(key))
        return key

    def get(self, key: str) -> bytes:
        """The bytes. Raises NotFound."""
        try:
            data: bytes = self._fs.cat_file(self._path(key))
        except FileNotFoundError:
            raise NotFound("the file is not in the studio's storage any more") from None
        return data

    def fetch(self, key: str, path: Path) -> None:
        """Copies the content into a local file. Raises NotFound."""
        path.write_bytes(self.get(key))

    def remove(self, *keys: str | None) -> None:
        """Deletes what is there of these."""
        for key in keys:
            if key:
                with contextlib.suppress(OSError):
                    self._fs.rm_file(self._path(key))

    def keys(self) -> dict[str, float]:
        """All keys with their age in seconds, as far as the file system tells one (else 0)."""
        found: dict[str, float] = {}
        for folder in FOLDERS:
            with contextlib.suppress(FileNotFoundError):
                for entry in self._fs.ls(f"{self._root}/{folder}", detail=True, refresh=True):
                    found[f"{folder}/{PurePosixPath(entry['name']).name}"] = _age(entry)
        return found

    def _path(self, key: str) -> str:
        folder, _, name = key.partition("/")
        assert folder in FOLDERS and name and "/" not in name and not name.startswith("."), "keys are made here alone"
        return f"{self._root}/{key}"

    @contextlib.contextmanager
    def _writing(self, key: str) -> Any:
        """Nothing half-written stays under a key."""
        try:
            yield
        except BaseException as error:
            self.remove(key)
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Full("the studio's storage is full: free some space or delete paintings, then try again") from error
            if isinstance(error, OSError):
                raise OutputError(
                    f"the studio's storage cannot be written ({_words(error)}): mend it, then try again"
                ) from error
            raise


def is_full(error: BaseException | None) -> bool:
    """Whether an error, or one that it comes from, says that the disc is full."""
    while error is not None:
        if isinstance(error, Full) or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)):
            return True
        error = error.__cause__
    return False


def _new_key(folder: str, suffix: str) -> str:
    return f"{folder}/{secrets.token_hex(16)}{suffix}"


def _age(entry: dict[str, Any]) -> float:
    changed = entry.get("mtime") or entry.get("LastModified") or entry.get("created")
    if isinstance(changed, datetime.datetime):
        changed = changed.timestamp()
    return max(0.0, time.time() - changed) if isinstance(changed, int | float) else 0.0


def _words(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split()).lower()
