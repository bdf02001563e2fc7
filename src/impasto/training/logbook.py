"""What a run leaves to look at: TensorBoard's events, a line for each checkpoint, the validation pastiches. Only writes."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impasto import images
from impasto.images.picture import Picture

EVENTS, LINES, PASTICHES = "events", "log.jsonl", "pastiches.jpg"


class Logbook:
    """Writes into the run's folder; of several processes one has it. TensorBoard is left out where it is not installed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.started = folder, time.monotonic()
        self._events: Any = None
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return
        self._events = SummaryWriter(str(folder / EVENTS))

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """A point on each curve."""
        for name, value in values.items() if self._events else ():
            self._events.add_scalar(name, value, step)

    def line(self, step: int, values: Mapping[str, float]) -> None:
        """A line of log.jsonl, and a point on each curve."""
        seconds = round(time.monotonic() - self.started, 1)
        with (self.folder / LINES).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, "seconds": seconds, **values}) + "\n")
        self.scalars(step, values)

    def pastiches(self, step: int, sheet: Picture) -> None:
        """The validation pastiches so far, as a file that the next ones replace and as TensorBoard's image of this step."""
        images.write(sheet, self.folder / PASTICHES)
        if self._events:
            self._events.add_image("pastiches", sheet.pixels, step, dataformats="HWC")
            self._events.flush()

    def close(self) -> None:
        """Writes what is still held back."""
        if self._events:
            self._events.close()
