"""A folder of hostile files: each is refused with one line, and leaves nothing behind. What is only odd is welcome."""

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

SCRIPT = "<script>fetch('/api/paintings').then(alert)</script>"


def saved(form: str, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (90, 120, 30)).save(buffer, form, **options)
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(width: int = 60_000, height: int = 60_000, rows: int = 400) -> bytes:
    """Claims gigabytes in a few kilobytes."""
    packed = zlib.compress(bytes((width * 3 + 1) * rows), 9)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def lying_png() -> bytes:
    """Claims a million pixels and holds none."""
    return png_bomb(1000, 1000, rows=0)


def text_bomb() -> bytes:
    """A small picture with a compressed text that unpacks to 64 MiB, cut off after it."""
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**26), 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)) + text


def tiff_bomb() -> bytes:
    data = bytearray(saved("TIFF"))
    for offset in range(8, len(data) - 12):
        if data[offset : offset + 4] in (b"\x00\x01\x04\x00", b"\x00\x01\x03\x00"):
            data[offset + 8 : offset + 12] = struct.pack("<I", 2**31 - 1)
    return bytes(data)


def gif_and_script() -> bytes:
    """`GIF89a/*...*/=1;alert(1)`: a script that begins like a GIF."""
    return b"GIF89a/*" + bytes(300) + b"*/=1;alert(document.cookie);"


def picture_and_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return saved("JPEG") + buffer.getvalue()


def exif_script() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SCRIPT
    return saved("JPEG", exif=exif)


def png_text_script() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Title", "<?php system($_GET['c']); ?>")
    return saved("PNG", pnginfo=info)


HOSTILE = {
    "empty.png": b"",
    "one-byte.jpg": b"\xff",
    "bomb.png": png_bomb(),
    "lying.png": lying_png(),
    "text-bomb.png": text_bomb(),
    "bomb.tiff": tiff_bomb(),
    "wide.gif": b"GIF89a\xff\xff\xff\xff\x00\x00\x00;",
    "truncated.jpg": saved("JPEG", (640, 480))[:400],
    "truncated.png": saved("PNG", (640, 480))[:90],
    "truncated.webp": saved("WEBP", (640, 480))[:60],
    "drawing.svg": f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>'.encode(),
    "drawing.png": f'<?xml version="1.0"?><svg onload="alert(1)">{SCRIPT}</svg>'.encode(),
    "page.png": f"<!doctype html><html>{SCRIPT}</html>".encode(),
    "gif-script.gif": gif_and_script(),
    "picture-and-zip.jpg": picture_and_zip(),
    "picture-and-page.jpg": saved("JPEG") + f"<html>{SCRIPT}</html>".encode(),
    "picture-and-pdf.png": saved("PNG") + b"%PDF-1.7\n%%EOF",
    "exif-script.jpg": exif_script(),
    "text-script.png": png_text_script(),
    "program.png": b"\x7fELF" + bytes(500),
    "noise.jpg": b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8,
    "pickle.png": b"\x80\x05cos\nsystem\n(S'true'\ntR.",
}


@pytest.fixture
def nothing_left(room: Any) -> Iterator[None]:
    """Neither in the storage nor in the folder of temporary files."""

    def found() -> tuple[set[str], set[Path], int]:
        with room.desk.database.read() as session:
            from impasto.studio.models import PictureRow

            rows = session.query(PictureRow).count()
        return room.files, set(Path(tempfile.gettempdir()).glob("impasto-*")), rows

    before = found()
    yield
    assert found() == before


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.usefixtures("nothing_left")
def test_a_hostile_file_is_refused_and_leaves_nothing(visitor: Any, name: str) -> None:
    answer = visitor.http.post("/api/pictures", files={"file": (name, HOSTILE[name])})
    assert 400 <= answer.status_code < 500, answer.text
    message = answer.json()["error"]["message"]
    assert "\n" not in message
    assert "/tmp" not in message
    assert "IMPASTO_" not in message


@pytest.mark.parametrize("name", ["../../../etc/cron.d/x.png", "a\x00b.png", "CON", "%2e%2e%2fx.png", "x" * 5000])
def test_a_name_never_becomes_a_path(visitor: Any, room: Any, name: str) -> None:
    visitor.http.post("/api/pictures", files={"file": (name, saved("PNG", (33, 21)))})
    for path in room.files:
        assert "x.png" not in path
        assert path.startswith("storage/")
    assert not Path("/etc/cron.d/x.png").exists()


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize(("path", "most"), [("/api/pictures", 42), ("/api/paintings", 2)])
def test_a_body_that_never_ends_is_cut_off_in_the_midst(room: Any, run_alone: Any, path: str, most: int) -> None:
    read, answers = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' if read == 1 else b""
        return {"type": "http.request", "body": head + bytes(2**20), "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    headers = {
        "host": "127.0.0.1",
        "content-type": "multipart/form-data; boundary=x" if "pictures" in path else "application/json",
    }
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": ""}
    scope |= {"headers": [(name.encode(), value.encode()) for name, value in headers.items()], "client": ("127.0.0.1", 1)}
    run_alone(room.app({**scope, "scheme": "http", "server": ("127.0.0.1", 80), "http_version": "1.1"}, receive, send))
    assert answers[0]["status"] == 413
    assert read <= most  # parts of a mebibyte


def test_a_body_that_says_that_it_is_too_large_is_not_read(visitor: Any) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(2**30)}
    assert visitor.http.post("/api/pictures", content=b"--x", headers=headers).status_code == 413


@pytest.mark.parametrize("body", [b"--x", b"", b"--x\r\n\r\n\r\n--x--", b"\xff" * 99])
def test_a_form_that_is_none(visitor: Any, body: bytes) -> None:
    answer = visitor.http.post("/api/pictures", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]["message"]


def test_too_many_pixels_are_refused_before_they_are_decoded(open_room: Callable[..., Any]) -> None:
    _, visitor = open_room({"pixels": 1000})
    answer = visitor.upload(saved("PNG", (64, 48)))
    assert answer.status_code == 413
    assert "64 x 48" in answer.json()["error"]["message"]


def test_a_decoder_that_dies_or_hangs_harms_nobody(open_room: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from impasto.studio import decoding

    room, visitor = open_room({"decode_seconds": 20.0})
    real = decoding._decode
    monkeypatch.setattr(decoding, "_decode", die)
    assert visitor.upload(saved("PNG")).status_code == 422
    monkeypatch.setattr(decoding, "_decode", hang)
    object.__setattr__(room.desk.limits, "decode_seconds", 1.0)
    assert visitor.upload(saved("PNG")).status_code == 422
    object.__setattr__(room.desk.limits, "decode_seconds", 60.0)
    monkeypatch.setattr(decoding, "_decode", real)
    assert visitor.upload(saved("PNG")).status_code == 201
    room.house.decoder.close()


def die(*given: Any) -> None:
    import os

    os._exit(1)


def hang(*given: Any) -> None:
    import time

    time.sleep(600)


def test_a_photo_of_a_telephone_is_welcome(visitor: Any) -> None:
    moving = saved("JPEG", (50, 40)) + struct.pack(">I", 24) + b"ftypmp42" + bytes(4000)
    assert visitor.upload(moving, "moving.jpg").status_code == 201
