"""Strangers' picture files are decoded in a process of their own, with bounded time and memory: a crash harms nobody.

What comes back is ours: encoded anew, upright, in sRGB, no larger than is kept, and without any of the file's metadata.
"""

import contextlib
import hashlib
import multiprocessing
import os
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from impasto.errors import InputError
from impasto.studio.faults import BadPicture, Fault, TooLarge
from impasto.studio.limits import Limits
from impasto.studio.suspicion import load_of


@dataclass(frozen=True)
class Upload:
    """A picture as it is to be kept. data, thumbnail: files' bytes; media: type of `data` (a thumbnail is always WebP)."""

    data: bytes
    media: str
    thumbnail: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Of `data`."""
        return hashlib.sha256(self.data).hexdigest()


class Decoder:
    """Decodes uploads, in a process that is started at the first one and again whenever it died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Has the process ready before the first picture comes."""
        self._executor().submit(os.getpid)

    def decode(self, data: bytes) -> Upload:
        """Raises BadPicture, and TooLarge for too many pixels, each with what to do."""
        if not data:
            raise BadPicture("the file is empty (0 bytes); send a picture")
        if load := load_of(data):
            raise BadPicture(f"the file carries {load} along with the picture; save it as a plain JPEG or PNG first")
        limits = self._limits
        try:
            future = self._executor().submit(_decode, data, limits.pixels, limits.stored_side, limits.decode_bytes)
            result = future.result(timeout=limits.decode_seconds)
        except TimeoutError:
            self._kill()
            raise BadPicture("the picture takes too long to decode; save it anew as JPEG or PNG") from None
        except (BrokenProcessPool, MemoryError):
            self._kill()
            raise BadPicture(
                "the picture cannot be decoded within the studio's memory; save it smaller, as JPEG or PNG"
            ) from None
        if isinstance(result, Fault):
            raise result
        return result

    def close(self) -> None:
        """Ends the process."""
        self._kill()

    def _executor(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
            return self._pool

    def _kill(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        processes = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            with contextlib.suppress(OSError, ValueError):
                process.kill()


def _begin() -> None:
    """In the decoding process: it outlives neither Ctrl-C nor its parent, and loads the decoders once."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from impasto.images.engine import libvips

    libvips()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _bound_memory(most: int) -> None:
    """The process's address space, where the system can bound it."""
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _decode(data: bytes, pixels: int, longest: int, memory: int) -> Upload | Fault:
    """In the decoding process. Returns its refusals, because an exception would come with another process's traceback."""
    _bound_memory(memory)
    from impasto import images
    from impasto.images.formats import SNIFFED_BYTES, format_of
    from impasto.studio import codec

    with tempfile.TemporaryDirectory(prefix="impasto-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        try:
            picture = images.read(path, max_pixels=pixels)
        except InputError as error:
            message = str(error).replace(f"'{path}'", "the file")
            if "more than the limit" in message:
                return TooLarge(f"{message.partition('; if you trust')[0]}; send a smaller copy")
            return BadPicture(message)
    if max(picture.size) > longest:
        picture = picture.resized(*images.fit(picture.size, longest))
    form = format_of(data[:SNIFFED_BYTES])
    lossy = form is not None and form.name in ("JPEG", "HEIC", "AVIF", "WebP")
    encoded, media = codec.kept(picture, lossy)
    thumbnail = codec.webp(picture, codec.THUMBNAIL, codec.THUMBNAIL_QUALITY)
    return Upload(encoded, media, thumbnail, picture.width, picture.height)
