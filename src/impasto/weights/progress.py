"""A progress bar for `store.fetch`, on stderr, silent where nobody watches."""

from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm


class ProgressBar:
    """`with ProgressBar("vgg19") as progress: fetch("vgg19", progress)`; shows nothing when stderr is no terminal, or when
    there was nothing to fetch."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.close()

    def __call__(self, done: int, total: int | None) -> None:
        """done, total: bytes. A resumed download begins with what was there; one that starts again falls back."""
        bar = self._bar
        if bar is None:
            # Most commands fetch nothing, and it takes a while to load.
            from tqdm import tqdm

            # disable=None is tqdm's way to say: only on a terminal.
            bar = tqdm(desc=self._label, initial=done, unit="B", unit_scale=True, unit_divisor=1024, disable=None)
            self._bar = bar
        bar.total = total
        bar.update(done - bar.n)
