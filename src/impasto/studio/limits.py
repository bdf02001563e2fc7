"""What one studio takes at most, in one place: sizes, rates, lengths of queues. How they are kept is other files' work."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """A token bucket: so many at once, so many a second from then on."""

    burst: float
    per_second: float


@dataclass(frozen=True)
class Limits:
    """upload_bytes: of a picture's file. body_bytes: of any other request. pixels: that a picture may claim to have.

    stored_side: longer side of what is kept of it. size_max, preview_max: longer side of a painting, of a preview.
    styles, masks: for one painting. iterations: of the online method. queue: jobs that are not finished.
    paint_slots, paint_waiting: fast paintings at once, and those that may wait for a slot; upload_slots alike.
    streams: followers of paintings at once. requests: in all at once. body_seconds: to wait for the next part of a body.
    decode_seconds, decode_bytes: time and memory that one uploaded picture may take to decode.
    """

    upload_bytes: int = 40 * 2**20
    body_bytes: int = 256 * 2**10
    pixels: int = 100_000_000
    stored_side: int = 4096
    size_max: int = 2048
    preview_max: int = 768
    styles: int = 4
    masks: int = 8
    iterations: int = 2000
    queue: int = 64
    paint_slots: int = 2
    paint_waiting: int = 24
    upload_slots: int = 2
    upload_waiting: int = 8
    streams: int = 128
    requests: int = 256
    body_seconds: float = 30.0
    decode_seconds: float = 30.0
    decode_bytes: int = 4 * 2**30
    # For one client. A slider that is dragged asks for some thirty previews a second.
    reading: Rate = Rate(400, 100)
    previews: Rate = Rate(120, 60)
    uploads: Rate = Rate(30, 2)
    fast: Rate = Rate(40, 20)
    jobs: Rate = Rate(16, 0.5)
