"""A small web server that misbehaves on demand, and an empty cache."""

import hashlib
import http.server
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from impasto.weights.catalogue import CATALOGUE, Source

PAYLOAD = bytes(range(256)) * 2000  # 512,000 bytes: several chunks


@dataclass
class Behaviour:
    """What the server does. `cuts`: bytes after which each coming answer breaks off, None for a whole one."""

    payload: bytes = PAYLOAD
    status: int = 200
    ranges: bool = True
    etag: str = '"first"'
    html: bool = False
    length: bool = True
    stall_at: int | None = None
    cuts: list[int | None] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)


def handler(behaviour: Behaviour) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            behaviour.seen.append({"path": self.path, **dict(self.headers)})
            if behaviour.status != 200:
                self.send_error(behaviour.status)
                return
            start, payload = 0, behaviour.payload
            wanted = self.headers.get("Range")
            fresh = self.headers.get("If-Range") in (None, behaviour.etag)
            if wanted and behaviour.ranges and fresh:
                start = int(wanted.removeprefix("bytes=").removesuffix("-"))
                if start >= len(payload):
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(payload)}")
                    self.end_headers()
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(payload) - 1}/{len(payload)}")
            else:
                self.send_response(200)
            self.send_header("Content-Type", "text/html" if behaviour.html else "application/octet-stream")
            if behaviour.etag:
                self.send_header("ETag", behaviour.etag)
            if behaviour.length:
                self.send_header("Content-Length", str(len(payload) - start))
            self.end_headers()
            cut = behaviour.cuts.pop(0) if behaviour.cuts else None
            body = payload[start:] if cut is None else payload[start : start + cut]
            if behaviour.stall_at is not None:
                self.wfile.write(body[: behaviour.stall_at])
                self.wfile.flush()
                time.sleep(1.0)
                return
            self.wfile.write(body)

    return Handler


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("IMPASTO_WEIGHTS_URL", raising=False)
    return tmp_path / "home" / "weights"


@pytest.fixture
def behaviour(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Behaviour]:
    """The server's behaviour; while it runs, the catalogue has `tiny`, whose mirror it is."""
    told = Behaviour()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(told))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("IMPASTO_WEIGHTS_URL", f"http://127.0.0.1:{server.server_port}/mirror/")
    tiny = Source(
        name="tiny",
        file="tiny.pth",
        what="test weights",
        licence="none",
        url="https://example.invalid/models/tiny.pth",
        sha256=hashlib.sha256(PAYLOAD).hexdigest(),
        size=len(PAYLOAD),
    )
    monkeypatch.setitem(CATALOGUE, "tiny", tiny)
    yield told
    server.shutdown()
    server.server_close()
