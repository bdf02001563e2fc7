"""The examples of the documents are run as a reader would: page by page, in order, in one folder with small pictures.

Sizes and steps are cut down, so that what is tested is that the words are understood and the files appear. Commands that serve,
train, export or download are not run; `tests/test_house.py` parses those.
"""

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")

from impasto import painter
from impasto.cli.main import main
from impasto.online.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SERVED = {"studio.md", "studio-api.md"}
"""Pages whose Python talks to a server; `tests/studio` runs what they say."""

RUN = {"paint", "texture", "sheet", "reconstruct", "styles", "models", "doctor"}
SIDE, STEPS = 64, 2
PHOTOS = ("photo.jpg", "one.jpg", "two.jpg", "other.jpg", "holiday/a.jpg", "holiday/b.jpg")
STYLES = ("waves.jpg", "ink.jpg", "pebbles.jpg", "style.jpg")
MASKS = ("sky.png", "ground.png", "house.png", "foam.png")
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```\n+(?:```text\n(.*?)^```)?", re.MULTILINE | re.DOTALL)
SMALLER = (
    (re.compile(r"\b(size|STEPS) ?= ?\d+"), lambda match: f"{match[1]}={SIDE if match[1] == 'size' else STEPS}"),
    (re.compile(r"(reconstruct\([^)]*)\)"), lambda match: f"{match[1]}, iterations={STEPS})"),
    (re.compile(r"resized\(\d+, \d+\)"), lambda match: f"resized({SIDE}, {SIDE * 3 // 4})"),
    (re.compile(r"\((\d{3,}), (\d{3,})\)"), lambda match: f"({SIDE}, {SIDE})"),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the documents name."""
    folder = tmp_path_factory.mktemp("desk")
    for name in ("holiday", "painted", "run", "examples/styles", "examples/photos"):
        (folder / name).mkdir(parents=True)
    for number, name in enumerate((*PHOTOS, *STYLES)):
        Image.fromarray(strokes(number)).save(folder / name)
    mask = np.zeros((SIDE * 3 // 4, SIDE), np.uint8)
    mask[: SIDE // 3] = 255
    for name in MASKS:
        Image.fromarray(mask).save(folder / name)
    for picture in (ROOT / "examples").glob("*/*.jpg"):
        small = Image.open(picture)
        small.thumbnail((SIDE, SIDE))
        small.save(folder / "examples" / picture.parent.name / picture.name)
    shutil.copy(ROOT / "src" / "impasto" / "weights" / "slim-vgg.safetensors", folder / "run" / "slim.safetensors")
    return folder


def strokes(seed: int) -> np.ndarray:
    """48 x 64 x 3 uint8, waves of colour."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[: SIDE * 3 // 4, :SIDE] / SIDE
    return np.stack([127 + 120 * np.sin(random.uniform(5, 40) * (x + y * k)) for k in range(3)], -1).astype(np.uint8)


@pytest.fixture(autouse=True)
def _at_the_desk(desk: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """In that folder, with a home of its own, and every painting made small and short."""
    monkeypatch.chdir(desk)
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path_factory.getbasetemp() / "home"))
    make = painter.make_settings

    def small(values: Any) -> Settings:
        chosen = make(values)
        if chosen.method == "fast":
            return replace(chosen, size=SIDE)
        return replace(chosen, size=SIDE, iterations=STEPS, level_iterations=None)

    monkeypatch.setattr(painter, "make_settings", small)


def examples(page: Path) -> list[tuple[str, str, str]]:
    """(language, code, what it prints or nothing) in the page's order."""
    return [(match[1], match[2], match[3] or "") for match in BLOCK.finditer(page.read_text(encoding="utf-8"))]


TOLD = [page for page in PAGES if examples(page)]


@pytest.mark.parametrize("page", TOLD, ids=lambda page: page.name)
def test_the_examples_of_a_page_run(page: Path, seen: set[str]) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for language, code, printed in examples(page):
        if language == "sh":
            for line in code.replace("\\\n", " ").splitlines():
                run_line(line, seen)
        elif page.name not in SERVED:
            said = run_python(code, names)
            if printed:
                assert said == printed


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Lines that have run: several pages begin with the same one."""
    return set()


def run_line(line: str, seen: set[str]) -> None:
    """One line of a shell, if it is one of ours that is quickly done."""
    words = shlex.split(line, comments=True)
    if len(words) < 2 or words[0] != "impasto" or words[1] not in RUN or words[2:3] == ["get"] or line in seen:
        return
    seen.add(line)
    words, out = (words[1 : words.index(">")], words[-1]) if ">" in words else (words[1:], "")
    with silent(both=not out) as printed:
        code = main(smaller(words))
    assert code == 0, f"{line}\n{printed.getvalue()}"
    if out:
        Path(out).write_text(printed.getvalue(), encoding="utf-8")
    for place, word in enumerate(words):
        if word == "-o" and not words[place + 1].endswith("/"):
            assert Path(words[place + 1]).stat().st_size > 0


def smaller(words: list[str]) -> list[str]:
    """The words with a small size, where the command has a size of its own."""
    words = list(words)
    if words[0] in ("texture", "reconstruct", "sheet"):
        if "--size" in words:
            place = words.index("--size")
            del words[place : place + 2]
        words += ["--size", str(SIDE)]
    if words[0] == "reconstruct":
        words += ["--iterations", str(STEPS)]
    return words


def run_python(code: str, names: dict[str, Any]) -> str:
    """What it prints. Names stay from one block of a page to the next, as for a reader who types along."""
    for pattern, smaller_one in SMALLER:
        code = pattern.sub(smaller_one, code)
    with silent() as printed:
        exec(compile(code, "example", "exec"), names)
    return printed.getvalue()


@contextlib.contextmanager
def silent(both: bool = False) -> Iterator[io.StringIO]:
    """Standard output, and errors too where both are wanted, in a string."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed if both else io.StringIO()):
        yield printed


def test_the_page_and_the_script_have_one_example() -> None:
    """docs/how-it-works.md shows what examples/gram.py draws the figure with."""
    page = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    script = (ROOT / "examples" / "gram.py").read_text(encoding="utf-8")
    functions: Callable[[str], list[str]] = re.compile(
        r"^(?:BLUE|def (?!main)).*?(?=\n\n\n|\n```)", re.MULTILINE | re.DOTALL
    ).findall
    shared = [function for function in functions(script) if function.startswith(("BLUE", "def"))]
    assert len(shared) == 5
    assert not [function.splitlines()[0] for function in shared if function not in page]
