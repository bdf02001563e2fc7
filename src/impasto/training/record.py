"""What a training run was begun with, kept beside its checkpoint, so that nobody goes on with something else."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from impasto.errors import InputError
from impasto.images.paths import shown

RECORD = "run.json"


def read_record(folder: Path) -> dict[str, Any]:
    """The record of the run in `folder`. Raises InputError when it is missing or damaged."""
    path = folder / RECORD
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{shown(path)} is missing or damaged, so the run cannot go on; begin in another --output") from error
    return record


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Puts the record into `folder`, which is made if it is missing."""
    folder.mkdir(exist_ok=True)
    partial = folder / f"{RECORD}.part"
    partial.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / RECORD)


def fingerprint(parts: Iterable[bytes]) -> str:
    """SHA-256 of the parts, one after the other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
