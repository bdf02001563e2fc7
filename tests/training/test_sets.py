"""Which files are learned from and judged by: folders, indexes, pairs, and what leaves nothing."""

from pathlib import Path

import pytest

from impasto.errors import InputError, MemoryLimitError
from impasto.training import pictures
from impasto.training.pictures import check_room, collect
from impasto.training.sets import HELD_OUT, choose_photos, choose_sets, every_picture


def names(files: list[Path]) -> list[str]:
    return [file.name for file in files]


def test_an_index_names_pictures_beside_it(folder_of_pictures: Path) -> None:
    index = folder_of_pictures / "index.csv"
    index.write_text("file,kind\na.png,content\nmore/f.png,style\nb.png,content\ngone.png,content\n")
    assert names(collect(index, "--content", "content")) == ["a.png", "b.png"]
    assert names(collect(index, "--style", "style")) == ["f.png"]
    index.write_text("a.png\nb.png\na.png\n")
    assert names(collect(index, "--style", "style")) == ["a.png", "b.png"]
    assert names(collect(folder_of_pictures / "c.png", "--style", "style")) == ["c.png"]


def test_pairs_are_judged_by_and_not_learned_from(folder_of_pictures: Path, tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text("style,content\nanywhere/f.png,photos/a.png\n")
    sets = choose_sets(folder_of_pictures, folder_of_pictures / "more", validation=None)
    assert len(sets.photos) == 6
    excluded = tmp_path / "not.txt"
    excluded.write_text("b.png")
    (folder_of_pictures / "more" / "g.png").write_bytes((folder_of_pictures / "a.png").read_bytes())
    sets = choose_sets(folder_of_pictures, folder_of_pictures / "more", excluded, table)
    assert [(a.name, b.name) for a, b in sets.pairs] == [("a.png", "f.png")]
    assert names(sets.photos) == ["c.png", "d.png", "e.png", "g.png"]
    assert names(sets.styles) == ["g.png"]
    assert names(every_picture(sets.pairs)) == ["a.png", "f.png"]


def test_some_photos_are_held_out_to_judge_a_single_style_by(folder_of_pictures: Path) -> None:
    learned, held_out = choose_photos(folder_of_pictures)
    assert names(held_out) == ["a.png", "c.png", "e.png"]
    assert not set(learned) & set(held_out)
    for number in range(60):
        (folder_of_pictures / f"p{number:02}.png").write_bytes(b"")
    assert len(choose_photos(folder_of_pictures)[1]) <= HELD_OUT


def test_what_leaves_nothing_is_said_in_one_line(folder_of_pictures: Path, tmp_path: Path) -> None:
    more = folder_of_pictures / "more"
    (tmp_path / "empty").mkdir()
    listed = tmp_path / "all.txt"
    listed.write_text("f.png")
    wrong, missing = tmp_path / "wrong.csv", tmp_path / "missing.csv"
    wrong.write_text("photo,painting\na.png,f.png\n")
    missing.write_text("content,style\na.png,nowhere.png\n")
    for call, message in [
        (lambda: choose_sets(tmp_path / "empty", more), "no picture in '.*empty'; give --content a folder"),
        (lambda: choose_sets(more, tmp_path / "gone"), "there is no '.*gone'; give --style"),
        (lambda: choose_sets(folder_of_pictures, more, listed), "all 1 pictures of --style are left out"),
        (lambda: choose_sets(folder_of_pictures, more, None, wrong), "must name the columns content and style"),
        (lambda: choose_sets(folder_of_pictures, more, None, missing), "names 'nowhere.png', which is neither"),
        (lambda: choose_sets(folder_of_pictures, more, None, tmp_path / "no.csv"), "cannot be read"),
        (lambda: choose_photos(more), "one photo to learn from and one to judge by"),
    ]:
        with pytest.raises(InputError, match=message) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_more_pictures_than_memory_holds_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "available_memory", lambda: 10**8)
    check_room(100, 256)
    with pytest.raises(MemoryLimitError, match=r"1000 pictures of 256 px need about 0.3 GB .* give about 271 pictures"):
        check_room(1000, 256)
