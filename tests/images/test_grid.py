"""Grids: rows with titles, notes, words in the place of pictures; and the words that are drawn."""

import numpy as np
import pytest

from impasto import images
from impasto.errors import InputError
from impasto.images import Cell, Picture, Row
from impasto.images.lettering import font, shortened, wrapped

RED, GREEN = (200, 30, 30), (30, 200, 30)


def plain(colour: tuple[int, int, int], width: int = 64, height: int = 64) -> Picture:
    return Picture(np.full((height, width, 3), colour, np.uint8))


def ink(pixels: np.ndarray) -> np.ndarray:
    """H x W: where something darker than the background is drawn."""
    return (pixels[0, 0].astype(int) - pixels).max(-1) > 60


def test_rows_of_different_lengths_share_their_columns():
    sheet = images.grid([Row([Cell(plain(RED))]), Row([Cell(), Cell(plain(GREEN))])], cell=64, margin=10)
    assert sheet.size == (10 + 2 * 74, 10 + 2 * 74 - 64 + 64)
    assert sheet.pixels[10 + 32, 10 + 32].tolist() == list(RED)
    assert sheet.pixels[84 + 32, 84 + 32].tolist() == list(GREEN)
    assert not ink(sheet.pixels)[84:, : 10 + 64].any(), "an empty cell stays empty"


def test_a_title_and_notes_get_lines_of_their_own():
    bare = images.grid([Row([Cell(plain(RED))])], cell=96)
    titled = images.grid([Row([Cell(plain(RED))], "A title")], cell=96)
    noted = images.grid([Row([Cell(plain(RED), "label", "note")])], cell=96)
    labelled = images.grid([Row([Cell(plain(RED), "label")])], cell=96)
    assert bare.height < titled.height
    assert bare.height < labelled.height < noted.height
    above = ink(titled.pixels)[: titled.height - bare.height + 12]
    assert above.any()
    assert titled.pixels[-13, 50].tolist() == list(RED), "the picture is below its title"


def test_words_stand_in_the_middle_of_their_cell():
    sheet = images.grid([Row([Cell(words="no such\nlayer"), Cell(plain(RED, 90, 60))])], cell=90, margin=10)
    drawn = ink(sheet.pixels)[:, :100]
    rows, columns = drawn.any(1).nonzero()[0], drawn.any(0).nonzero()[0]
    assert abs((rows[0] + rows[-1]) / 2 - 40) < 8
    assert abs((columns[0] + columns[-1]) / 2 - 55) < 8


def test_a_row_of_nothing_but_words_has_room_for_them():
    sheet = images.grid([Row([Cell(words="a message that is rather long for a single line")])], cell=120)
    assert sheet.height > 60
    assert ink(sheet.pixels).any(1).sum() > 20


@pytest.mark.parametrize("rows", [[], [Row([])]])
def test_an_empty_grid_is_refused(rows):
    with pytest.raises(InputError, match="at least one cell"):
        images.grid(rows)


def test_lines_are_wrapped_between_words_and_the_last_is_cut():
    letters = font(14)
    width = int(letters.getlength("several words")) + 2
    assert wrapped("several words on lines", letters, width, 9) == ["several words", "on lines"]
    assert wrapped("kept\nas it is", letters, 400, 9) == ["kept", "as it is"]
    cut = wrapped("several words that do not fit there at all", letters, width, 2)
    assert cut[0] == "several words"
    assert cut[1].endswith("…")
    assert all(letters.getlength(line) <= width for line in cut)


def test_a_word_longer_than_the_line_is_cut():
    letters = font(14)
    assert wrapped("incomprehensibilities", letters, 60, 3)[0].endswith("…")
    assert shortened("short", letters, 200) == "short"
