"""GET / and /assets/...: the page's files, read once, compressed once, told apart by a hash of their content."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from impasto.studio.faults import NotFound

FOLDER = Path(__file__).parents[1] / "page"
TEXTS = (".html", ".css", ".js", ".mjs", ".svg", ".json", ".webmanifest", ".txt", ".map")
MEDIA = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
SMALLEST = 600
"""Bytes below which compressing gains nothing."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """A file of the page. packed: gzipped, empty where that gains nothing. changed: of the file, to notice an edit."""

    data: bytes
    packed: bytes
    media: str
    tag: str
    changed: float


_ASSETS: dict[str, Asset] = {}


@router.api_route("/", methods=["GET", "HEAD"])
def index(request: Request) -> Response:
    """The page."""
    return _serve(request, "index.html")


@router.api_route("/assets/{path:path}", methods=["GET", "HEAD"])
def asset(request: Request, path: str) -> Response:
    """One of its files."""
    return _serve(request, f"assets/{path}")


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
def icon() -> Response:
    """The page names its own icon; browsers ask for this one all the same."""
    return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})


def _serve(request: Request, name: str) -> Response:
    found = _asset(name)
    headers = {"ETag": found.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.query_params.get("v"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if found.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if found.packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.media, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.data, media_type=found.media, headers=headers)


def _asset(name: str) -> Asset:
    """The file of that name. Names are looked up among the files that are there, so no name leads anywhere else."""
    known = _ASSETS.get(name)
    path = (FOLDER / name) if known else _files().get(name)
    if path is None:
        raise NotFound("the page has no such file")
    try:
        changed = path.stat().st_mtime
        if known is None or known.changed != changed:
            known = _ASSETS[name] = _read(path, changed)
    except OSError:
        raise NotFound("the page has no such file") from None
    return known


def _files() -> dict[str, Path]:
    return {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.is_file()}


def _read(path: Path, changed: float) -> Asset:
    data = path.read_bytes()
    packed = gzip.compress(data, 9, mtime=0) if path.suffix in TEXTS and len(data) > SMALLEST else b""
    media = MEDIA.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(data, packed, media, f'"{hashlib.sha256(data).hexdigest()[:24]}"', changed)
