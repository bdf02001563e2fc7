"""Finds weights on this machine, fetches missing ones and checks what it got. No torch, and no network unless asked by name.

The transfer itself (resuming, retrying, what went wrong) is in `download`.
"""

import hashlib
import os
from pathlib import Path

import platformdirs

from impasto.errors import WeightsError
from impasto.weights.catalogue import Source, source
from impasto.weights.download import Job, Limits, Progress, download

_EMBEDDED = Path(__file__).parent


def cache_folder() -> Path:
    """Where fetched weights live: `$IMPASTO_HOME/weights`, or `weights` in the user's cache folder. Need not exist yet."""
    home = os.environ.get("IMPASTO_HOME")
    return (Path(home) if home else platformdirs.user_cache_path("impasto", appauthor=False)) / "weights"


def torch_hub_folder() -> Path:
    """Where torchvision keeps its downloads, so that nobody has to fetch the same half gigabyte twice."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("TORCH_HOME") or cache / "torch") / "hub" / "checkpoints"


def address(entry: Source) -> str:
    """The file's URL: the well-known one, or `$IMPASTO_WEIGHTS_URL/FILE` where a mirror is set."""
    mirror = os.environ.get("IMPASTO_WEIGHTS_URL")
    return f"{mirror.rstrip('/')}/{entry.file}" if mirror else entry.url


def locate(name: str) -> Path | None:
    """The file of the named weights on this machine, or None.

    Embedded ones are in the package; others in the cache, or where torchvision left them. A copy of the wrong size does not
    count; the checksum is not read here (see `check`). Raises WeightsError for an unknown name.
    """
    entry = source(name)
    folders = (_EMBEDDED,) if entry.embedded else (cache_folder(), torch_hub_folder())
    for folder in folders:
        path = folder / entry.file
        if path.is_file() and entry.size in (None, path.stat().st_size):
            return path
    return None


def place(name: str) -> str:
    """Where `locate` found it, in a word: `embedded`, `cache`, `torch hub`, or empty when it is not on this machine."""
    path = locate(name)
    if path is None:
        return ""
    return {_EMBEDDED: "embedded", cache_folder(): "cache"}.get(path.parent, "torch hub")


def check(name: str) -> str:
    """Reads the whole file: `missing`, `verified`, `damaged`, or `unchecked` when no checksum is published."""
    path, entry = locate(name), source(name)
    if path is None:
        return "missing"
    if not entry.sha256:
        return "unchecked"
    return "verified" if _sha256(path).startswith(entry.sha256) else "damaged"


def discard(name: str) -> None:
    """Removes the cache's copy of the named weights, if there is one."""
    (cache_folder() / source(name).file).unlink(missing_ok=True)


def fetch(name: str, progress: Progress | None = None, *, limits: Limits | None = None) -> Path:
    """The named weights' file, downloaded into the cache if they are not on this machine yet.

    progress: called with (bytes done, bytes in all or None). Two processes that ask at once share one download. The file
    takes its name only when its size and checksum are right. Raises WeightsError with what to do instead.
    """
    entry = source(name)
    if (path := locate(name)) is not None:
        return path
    if entry.embedded:
        raise WeightsError(f"the embedded weights '{name}' are missing from the package; install impasto again")
    # Most commands fetch nothing, and it takes a while to load.
    from filelock import FileLock

    target = cache_folder() / entry.file
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f"{target.name}.lock")):
            if (path := locate(name)) is None:
                _download_verified(entry, target, progress, limits or Limits())
                path = target
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WeightsError(f"cannot write weights to {target.parent}: {reason}; set IMPASTO_HOME to another folder") from error
    return path


def _download_verified(entry: Source, target: Path, progress: Progress | None, limits: Limits) -> None:
    """Two rounds at most: what was put together from parts and turns out wrong is fetched once more in one go."""
    advice = (
        f"fetch {entry.url} elsewhere and put it at {target}, "
        "or use the embedded encoder 'slim', which needs no network (--encoder slim)"
    )
    part = target.with_name(f"{target.name}.part")
    job = Job(entry.name, address(entry), part, entry.size, advice, progress, limits)
    for _ in range(2):
        resumed = download(job)
        got = _sha256(part)
        if got.startswith(entry.sha256):
            part.replace(target)
            return
        part.unlink()
        if not resumed:
            break
    raise WeightsError(
        f"the download of '{entry.name}' is not the published file (sha256 {got[:8]}..., not {entry.sha256[:8]}...) "
        f"and was removed; try again, or {advice}"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
