"""What an ONNX file says of itself: its metadata, without reading the rest of it, which the engine takes a while for.

Only the outermost fields of the file are looked at (onnx.proto, `ModelProto`); the graph is stepped over.
"""

from pathlib import Path
from typing import BinaryIO

VERSION, METADATA = 1, 14
"""Fields of `ModelProto`: `ir_version`, with which files begin, and `metadata_props`, of which each is a key and a value."""
NUMBER, BYTES = 0, 2
"""How a field is written (Protocol Buffers' wire types): as a number, or as so many bytes."""


def facts(path: Path) -> dict[str, str]:
    """Raises ValueError for a file that is cut short or no ONNX model, OSError."""
    told, size = {}, path.stat().st_size
    with path.open("rb") as file:
        if divmod(_number(file), 8) != (VERSION, NUMBER):
            raise ValueError("no ONNX model")
        _number(file)
        while file.tell() < size:
            field, kind = divmod(_number(file), 8)
            value = _number(file)
            if kind not in (NUMBER, BYTES) or (kind == BYTES and file.tell() + value > size):
                raise ValueError("cut short")
            if kind == BYTES and field == METADATA:
                end = file.tell() + value
                key, text = (_text(file) for _ in range(2))
                told[key] = text
                file.seek(end)
            elif kind == BYTES:
                file.seek(value, 1)
    return told


def _text(file: BinaryIO) -> str:
    """The next field, which is a string."""
    _number(file)
    return file.read(_number(file)).decode()


def _number(file: BinaryIO) -> int:
    """The next number: seven bits a byte, the lowest first, and a bit that says whether more come."""
    value = shift = 0
    while byte := file.read(1):
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
        shift += 7
    raise ValueError("cut short")
