"""A painting in the making as a file, from which it goes on exactly where it was.

A file holds the optimisation's state and what was being painted (settings, hashes of the pictures, versions), behind a
checksum: a damaged one, or one of another painting, is refused in a line that says why. No code is run from it.
"""

import hashlib
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from impasto.errors import InputError
from impasto.images import write_bytes
from impasto.images.paths import reason, shown
from impasto.online.checks import option

MAGIC = b"impasto checkpoint 1\n"
"""The number goes up when the layout changes."""

MAY_DIFFER = frozenset({"device"})
"""Settings that do not decide what is painted."""


def save(path: Path, state: Mapping[str, Any], painting: Mapping[str, Any], extras: Mapping[str, Any] | None = None) -> None:
    """Writes a checkpoint, replacing an older one only when it is whole. Raises OutputError where it cannot.

    state: `Optimisation.state()`. painting: `software`, `settings`, `content` and `styles`, as in a painting's metadata.
    extras: tensors and plain values that come back as they are.
    """
    buffer = io.BytesIO()
    # Through JSON, because subclasses of str and tuple (a version, say) are no plain values to torch's safe reader.
    plain = json.loads(json.dumps(dict(painting)))
    torch.save({"painting": plain, "state": dict(state), "extras": dict(extras or {})}, buffer)
    body = buffer.getvalue()
    write_bytes(path, b"".join((MAGIC, hashlib.sha256(body).digest(), body)))


def load(path: Path, painting: Mapping[str, Any], device: torch.device | str = "cpu") -> tuple[dict[str, Any], dict[str, Any]]:
    """(state, extras) of the checkpoint, its tensors on the device.

    Raises InputError, one line, where there is none, and where it is damaged, of another version or of another painting.
    """
    body = _verified(path)
    try:
        content = torch.load(io.BytesIO(body), map_location=device, weights_only=True)
        earlier, state, extras = content["painting"], content["state"], content["extras"]
        differing = differences(earlier, json.loads(json.dumps(dict(painting))))
    except MemoryError:
        raise
    except Exception as error:  # the checksum holds, so somebody made it so; a strange pickle can raise anything
        raise _damaged(path) from error
    if differing:
        raise InputError(f"{shown(path)} is of another painting: {'; '.join(differing)}; give the same, or leave out --resume")
    return state, extras


def differences(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """In words, what keeps one painting from going on as the other; empty when nothing does."""
    if earlier["software"] != now["software"]:
        return [f"it was begun by {earlier['software']}, and this is {now['software']}"]
    found = []
    if earlier["content"]["sha256"] != now["content"]["sha256"]:
        found.append(f"its content picture was another ({earlier['content']['file']})")
    if _hashes(earlier) != _hashes(now):
        found.append("its masks were others")
    if [style["sha256"] for style in earlier["styles"]] != [style["sha256"] for style in now["styles"]]:
        found.append(f"its style was another ({', '.join(str(style['file']) for style in earlier['styles'])})")
    before, after = earlier["settings"], now["settings"]
    names = [name for name in {**before, **after} if name not in MAY_DIFFER and before.get(name) != after.get(name)]
    return found + [f"{option(name)} was {_words(before.get(name))}, now {_words(after.get(name))}" for name in names]


def _verified(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"the checkpoint {shown(path)} cannot be read ({reason(error)}); leave out --resume") from error
    start = len(MAGIC)
    if not data.startswith(MAGIC):
        if re.match(rb"impasto checkpoint \d+\n", data):
            raise InputError(f"{shown(path)} was written by another version of Impasto; use that one, or leave out --resume")
        raise _damaged(path)
    body = data[start + 32 :]
    if hashlib.sha256(body).digest() != data[start : start + 32]:
        raise _damaged(path)
    return body


def _damaged(path: Path) -> InputError:
    return InputError(f"{shown(path)} is damaged or no checkpoint of Impasto; leave out --resume to begin anew")


def _hashes(painting: Mapping[str, Any]) -> list[list[str | None]]:
    """Of the pairs of masks; None where there is none."""
    return [[mask and mask["sha256"] for mask in pair] for pair in painting.get("masks", ())]


def _words(value: Any) -> str:
    if value is None:
        return "not given"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
