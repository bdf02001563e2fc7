"""`impasto sheet`: what can be varied, where each painting stands, failing cells, interruption."""

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impasto import images, painter
from impasto.cli import sheet, variation
from impasto.cli.main import main
from impasto.errors import InputError, MemoryLimitError
from impasto.images import Cell, Picture
from impasto.painting import Painting


def call(encoder_file: Path, *words: str) -> int:
    quick = ("--encoder", str(encoder_file), "--size", "64", "--iterations", "4", "--device", "cpu", "--cell", "64")
    return main(["sheet", *words, *quick])


def names(place: Path) -> set[str]:
    return {path.name for path in place.iterdir()} - {"photo.png", "style.png", "other.png"}


def test_a_list_follows_photo_and_style(place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(encoder_file, "photo.png", "style.png", "-o", "sheet.png", "--vary", "strength=0,0.5") == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("painted 2 of 2 for 'sheet.png', ")
    assert captured.err == "'photo.png': 2 paintings\n"
    made = images.read(place / "sheet.png")
    assert made.width == 12 + 2 * 76, "four pictures make a square"
    photo = made.pixels[12 + 10 : 12 + 42, 12 : 12 + 64].astype(int)
    settings = images.read_settings(place / "sheet.png")
    assert settings is not None
    assert settings["vary"] == {"strength": ["0", "0.5"]}
    assert settings["content"]["file"] == "photo.png"
    below = made.pixels[made.height // 2 :].astype(int)
    errors = [np.abs(below[top : top + 32, 12 : 12 + 64] - photo).mean() for top in range(below.shape[0] - 32)]
    assert min(errors) < 2, "with strength 0 the photo comes back, in the first place of the second row"


def test_a_table_of_styles_and_settings(place: Path, encoder_file: Path) -> None:
    words = ("photo.png", "style.png", "other.png", "-o", "sheet.png", "-q")
    assert call(encoder_file, *words, "--vary", "color=style,keep,only", "--vary", "style") == 0
    made = images.read(place / "sheet.png")
    assert made.width == 12 + 3 * 76, "photo or label, and two styles"
    assert made.height > 4 * 43


def variants_of(*words: str, vary: tuple[str, ...]) -> list[variation.Variant]:
    from impasto.cli.parsing import Parser

    parser = Parser(prog="impasto")
    sheet.register(parser.add_subparsers())
    args = parser.parse_args(["sheet", "photo.png", "style.png", "other.png", *words])
    return variation.variants(variation.axes(vary, args), args)


def test_the_settings_of_each_cell() -> None:
    cells = variants_of("--seed", "7", vary=("strength=0.5,1", "texture=gram,moments,sliced"))
    assert [cell.place for cell in cells] == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)]
    assert cells[1].settings == {"seed": 7, "strength": 1.0, "texture": "gram"}
    assert cells[1].label == "strength 1, texture gram"
    assert all(cell.styles == (0, 1) for cell in cells), "styles that are not varied are mixed"


def test_styles_make_the_columns() -> None:
    cells = variants_of(vary=("style-scale=1,2", "style"))
    assert [(cell.styles, cell.settings["style_scale"]) for cell in cells] == [((0,), 1), ((1,), 1), ((0,), 2), ((1,), 2)]
    assert [cell.styles for cell in variants_of(vary=("style=other,style.png",))] == [(1,), (0,)]


def test_values_that_hold_commas_are_separated_by_semicolons() -> None:
    cells = variants_of(vary=("style-layers=relu1_1;relu1_1,relu2_1",))
    assert [cell.settings["style_layers"] for cell in cells] == [("relu1_1",), ("relu1_1", "relu2_1")]


def test_a_preset_is_below_what_is_given() -> None:
    cells = variants_of("--texture", "moments", vary=("preset=gatys,strotss",))
    assert [cell.settings["texture"] for cell in cells] == ["moments", "moments"]
    assert cells[0].settings != cells[1].settings


def test_a_switch() -> None:
    cells = variants_of(vary=("normalize-gradients=on,off",))
    assert [cell.settings["normalize_gradients"] for cell in cells] == [True, False]


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ((), "--vary is given 0 times"),
        (("seed=1,2", "size=64,96", "strength=1"), "--vary is given 3 times"),
        (("seed=1", "seed=2"), "names seed twice"),
        (("strenght=1",), "did you mean 'strength'"),
        (("strength",), "write OPTION=A,B,C"),
        (("strength=1,,2",), "write OPTION=A,B,C"),
        (("strength=1,1",), "names a value twice"),
        (("strength=1,much",), "'much' is no number"),
        (("strength=1,2",), "at most 1"),
        (("texture=gram,grom",), "did you mean 'gram'"),
        (("preset=gatis",), "did you mean 'gatys'"),
        (("output=a,b",), "there is no option 'output' to vary"),
        (("normalize-gradients=yes",), "must be on or off"),
        (("style=stile",), "there is no style picture 'stile'"),
    ],
)
def test_what_cannot_be_varied(vary: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        variants_of(vary=vary)


def test_given_and_varied_is_one_too_many() -> None:
    with pytest.raises(InputError, match="both given and varied"):
        variants_of("--strength", "0.5", vary=("strength=0.2,0.4",))


def test_one_style_cannot_be_varied(place: Path, encoder_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(encoder_file, "photo.png", "style.png", "-o", "sheet.png", "--vary", "style") == 2
    assert "needs several style pictures" in capsys.readouterr().err
    assert call(encoder_file, "photo.png", "style.png", "-o", "style.png", "--vary", "seed=1,2") == 2
    assert "would replace a picture that is read" in capsys.readouterr().err
    assert names(place) == set()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`failing(when)`: paintings whose settings fit fail for want of memory."""
    paint = painter.Painter.paint

    def arrange(when: Any) -> None:
        def maybe(self: painter.Painter, *words: Any, **options: Any) -> Painting:
            if when(self.defaults):
                raise MemoryLimitError("this one is too large; try --size 64")
            return paint(self, *words, **options)

        monkeypatch.setattr(painter.Painter, "paint", maybe)

    return arrange


def test_a_cell_that_fails_says_why_in_its_place(
    place: Path, encoder_file: Path, failing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(lambda settings: settings["seed"] == 2)
    assert call(encoder_file, "photo.png", "style.png", "-o", "sheet.png", "--vary", "seed=1,2,3") == 2
    captured = capsys.readouterr()
    assert captured.out.startswith("painted 2 of 3 for 'sheet.png'")
    assert captured.err.splitlines()[-1] == "impasto: seed 2: this one is too large; try --size 64"
    assert names(place) == {"sheet.png"}


def test_nothing_is_written_when_all_fail(
    place: Path, encoder_file: Path, failing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(lambda settings: True)
    assert call(encoder_file, "photo.png", "style.png", "-o", "sheet.png", "--vary", "seed=1,2", "-q") == 2
    said = "impasto: none of the 2 paintings could be made: this one is too large; try --size 64\n"
    assert capsys.readouterr().err == said
    assert names(place) == set()


def test_ctrl_c_keeps_the_sheet_so_far(
    place: Path, encoder_file: Path, failing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(settings: Any) -> bool:
        if settings["seed"] == 3:
            signal.raise_signal(signal.SIGINT)
        return False

    failing(interrupt)
    assert call(encoder_file, "photo.png", "style.png", "-o", "sheet.png", "--vary", "seed=1,2,3", "-q") == 130
    said = "impasto: interrupted after 2 of 3 paintings; the sheet so far is 'sheet.partial.png'\n"
    assert capsys.readouterr().err == said
    assert names(place) == {"sheet.partial.png"}


def test_ctrl_c_before_the_first_keeps_nothing(
    place: Path, encoder_file: Path, failing: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(lambda settings: signal.raise_signal(signal.SIGINT))
    assert call(encoder_file, "photo.png", "style.png", "-o", "sheet.png", "--vary", "seed=1,2", "-q") == 130
    assert capsys.readouterr().err == "impasto: interrupted, and nothing was kept\n"
    assert names(place) == set()


def test_in_a_table_every_painting_stands_at_its_place() -> None:
    colours = {(column, row): (60 + 60 * column, 200, 60 + 60 * row) for column in range(3) for row in range(2)}
    cells = {place: Cell(Picture(np.full((40, 40, 3), colour, np.uint8))) for place, colour in colours.items()}
    grey = Picture(np.full((40, 40, 3), 90, np.uint8))
    axes = [
        variation.Axis("texture", ("a", "b", "c"), ("a", "b", "c")),
        variation.Axis("strength", (0.5, 1.0), ("0.5", "1")),
    ]
    made = sheet.layout(grey, [grey], axes, cells, 40).pixels
    for (column, row), colour in colours.items():
        top, left = (np.argwhere((made == colour).all(-1))).min(0)
        assert left == 12 + (column + 1) * 52
        assert top > 52 * (row + 1)
