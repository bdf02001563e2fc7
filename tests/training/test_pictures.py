"""Which files are learned from, and how they come into memory."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from impasto.errors import InputError
from impasto.training.pictures import LEAST, choose_files, load_pictures, names_in


def names(files: list[Path]) -> list[str]:
    return [file.name for file in files]


def test_folders_are_searched_with_what_is_in_them_and_no_file_comes_twice(folder_of_pictures: Path) -> None:
    (folder_of_pictures / "notes.txt").write_text("no picture")
    learned, held_out = choose_files([folder_of_pictures, folder_of_pictures / "more"])
    assert names(learned) == ["a.png", "b.png", "c.png", "d.png", "e.png", "f.png"]
    assert held_out == []


def test_every_cell_of_a_table_that_names_a_picture_excludes_it(folder_of_pictures: Path, tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("content,style\nphotos/a.png,more/f.png\nphotos/c.png,missing.jpg\n")
    assert names_in(table) == {"a.png", "f.png", "c.png", "missing.jpg"}
    learned, _ = choose_files([folder_of_pictures], exclude=table)
    assert names(learned) == ["b.png", "d.png", "e.png"]


def test_validation_by_list_is_taken_out_of_what_is_learned(folder_of_pictures: Path, tmp_path: Path) -> None:
    listed = tmp_path / "held_out.txt"
    listed.write_text("a.png\nmore/f.png\n")
    learned, held_out = choose_files([folder_of_pictures], validation=listed)
    assert names(held_out) == ["a.png", "f.png"]
    assert names(learned) == ["b.png", "c.png", "d.png", "e.png"]


def test_a_list_may_both_exclude_and_validate(folder_of_pictures: Path, tmp_path: Path) -> None:
    listed = tmp_path / "held_out.txt"
    listed.write_text("a.png\n")
    learned, held_out = choose_files([folder_of_pictures], exclude=listed, validation=listed)
    assert names(held_out) == ["a.png"]
    assert "a.png" not in names(learned)


def test_a_validation_folder_within_the_images_is_not_learned_from(folder_of_pictures: Path) -> None:
    learned, held_out = choose_files([folder_of_pictures], validation=folder_of_pictures / "more")
    assert names(held_out) == ["f.png"]
    assert "f.png" not in names(learned)


def test_what_gives_no_picture_is_said_in_one_line(folder_of_pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    everything = tmp_path / "all.txt"
    everything.write_text("\n".join(f"{letter}.png" for letter in "abcdef"))
    other = tmp_path / "other.txt"
    other.write_text("z.png")
    nothing = tmp_path / "nothing.txt"
    nothing.write_text("content,style\n")
    for call, message in [
        (lambda: choose_files([tmp_path / "empty"]), "no picture to learn from in '.*empty'; give"),
        (lambda: choose_files([tmp_path / "nowhere"]), "there is no '.*nowhere'"),
        (lambda: choose_files([folder_of_pictures], exclude=everything), "all 6 are left out"),
        (lambda: choose_files([folder_of_pictures], validation=other), "gives no validation picture"),
        (lambda: choose_files([folder_of_pictures], exclude=nothing), "names no picture"),
        (lambda: choose_files([folder_of_pictures], exclude=tmp_path / "gone.csv"), "cannot be read"),
        (lambda: names_in(folder_of_pictures / "a.png"), "no text file"),
    ]:
        with pytest.raises(InputError, match=message) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_large_pictures_shrink_small_ones_stay_and_useless_ones_are_listed(tmp_path: Path) -> None:
    for name, size in {"large.png": (300, 600), "small.png": (50, 40), "tiny.png": (400, LEAST - 1)}.items():
        Image.new("RGB", size, "red").save(tmp_path / name)
    Image.fromarray(np.full((40, 40), 65535, np.uint16)).save(tmp_path / "deep.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    seen: list[int] = []
    files = [tmp_path / name for name in ("large.png", "broken.png", "small.png", "tiny.png", "deep.png")]
    loaded = load_pictures(files, shorter=100, report=seen.append)
    assert [picture.shape for picture in loaded.pictures] == [(200, 100, 3), (40, 50, 3), (40, 40, 3)]
    assert {picture.dtype for picture in loaded.pictures} == {np.dtype(np.uint8)}
    assert loaded.pictures[2].min() == 255
    assert len(loaded.skipped) == 2
    assert "broken.png" in loaded.skipped[0]
    assert "too small" in loaded.skipped[1]
    assert seen == [1, 2, 3, 4, 5]
