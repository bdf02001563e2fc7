"""The line on stderr that both progress bars draw: on a terminal a bar, elsewhere nothing but notes, nothing when quiet."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from tqdm import tqdm


class Bar:
    """`with Bar("photo.jpg") as bar:` `say` what is being loaded; what a subclass shows of the work comes after.

    terminal: whether to draw a bar; None to ask stderr.
    """

    def __init__(self, label: str, *, quiet: bool = False, terminal: bool | None = None) -> None:
        self._label, self._quiet = label, quiet
        # Braces have a meaning in tqdm's format.
        self._escaped = label.replace("{", "{{").replace("}", "}}")
        self._terminal = not quiet and (sys.stderr.isatty() if terminal is None else terminal)
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def say(self, text: str) -> None:
        """What is being done while nothing is counted; it disappears again."""
        if not self._terminal:
            return
        if self._bar is None:
            # Not every command draws one, and it takes a while to load.
            from tqdm import tqdm

            self._bar = tqdm(bar_format=f"{self._escaped}: {{desc}}", leave=False, file=sys.stderr, dynamic_ncols=True)
        self._bar.set_description_str(text)

    def note(self, text: str) -> None:
        """Something to know that is no error; it stays."""
        if not self._quiet:
            from tqdm import tqdm

            tqdm.write(f"note: {text}", file=sys.stderr)

    def _open(self, total: float, line: str) -> None:
        """From here on a bar up to `total`, or, where there is no terminal, `line`."""
        self._close()
        if self._terminal:
            from tqdm import tqdm

            form = f"{self._escaped} {{percentage:3.0f}}% |{{bar}}| {{desc}}"
            self._bar = tqdm(total=total, bar_format=form, leave=False, file=sys.stderr, dynamic_ncols=True)
        elif not self._quiet:
            print(line, file=sys.stderr, flush=True)

    def _move(self, done: float, text: str) -> None:
        """So much is done, and what is being done."""
        if self._bar is not None:
            self._bar.set_description_str(text, refresh=False)
            self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
