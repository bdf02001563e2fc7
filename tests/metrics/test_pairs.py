"""Which pastiche is of what: pairs, folders, grids, indexes and frames; and one clear line for what fits nothing."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from impasto.errors import InputError
from impasto.metrics.pairs import Pair, collect, sequences


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """photos/{a,b}.png, styles/{x,y,z}.png, grid/{a,b}_{x,y,z}.png without b_z, out/{a,b}.png."""
    monkeypatch.chdir(tmp_path)
    grid = [f"grid/{content}_{style}.png" for content in "ab" for style in "xyz"][:-1]
    for name in ("photos/a.png", "photos/b.png", *(f"styles/{style}.png" for style in "xyz"), *grid, "out/a.png", "out/b.png"):
        Path(name).parent.mkdir(exist_ok=True)
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(name)
    return tmp_path


def triples(pairs: tuple[Pair, ...]) -> list[tuple[str, ...]]:
    return [(pair.pastiche.as_posix(), pair.content.as_posix(), pair.style.as_posix(), pair.method) for pair in pairs]


@pytest.mark.usefixtures("place")
def test_one_pair() -> None:
    found = collect([Path("out/a.png")], Path("photos/a.png"), Path("styles/x.png"))
    assert triples(found.pairs) == [("out/a.png", "photos/a.png", "styles/x.png", "a")]


@pytest.mark.usefixtures("place")
def test_a_folder_of_photos_in_one_style_as_paint_leaves_it() -> None:
    found = collect([Path("out")], Path("photos"), Path("styles/x.png"))
    assert triples(found.pairs) == [(f"out/{name}.png", f"photos/{name}.png", "styles/x.png", "out") for name in "ab"]
    assert found.notes == ()


@pytest.mark.usefixtures("place")
def test_a_folder_of_pastiches_of_one_pair() -> None:
    found = collect([Path("out")], Path("photos/a.png"), Path("styles/x.png"))
    assert [pair.pastiche.name for pair in found.pairs] == ["a.png", "b.png"]
    assert {pair.content.name for pair in found.pairs} == {"a.png"}


@pytest.mark.usefixtures("place")
def test_a_grid_and_what_it_lacks() -> None:
    found = collect([Path("grid")], Path("photos"), Path("styles"))
    assert len(found.pairs) == 5
    assert triples(found.pairs)[3] == ("grid/b_x.png", "photos/b.png", "styles/x.png", "grid")
    assert found.notes == ("'grid' lacks 1 of 6 pastiches, 'b_z' for one",)


def test_a_pattern_of_ones_own(place: Path) -> None:
    (place / "mine").mkdir()
    (place / "grid/a_x.png").rename(place / "mine/x on a.png")
    found = collect([Path("mine")], Path("photos"), Path("styles"), "{style} on {content}")
    assert triples(found.pairs) == [("mine/x on a.png", "photos/a.png", "styles/x.png", "mine")]


def test_an_index_from_its_own_folder(place: Path) -> None:
    text = "pastiche,content,style,method\nout/a.png,photos/a.png,styles/x.png,\ngrid/b_y.png,photos/b.png,styles/y.png,ours\n"
    (place / "sub").mkdir()
    (place / "index.csv").write_text(text)
    found = collect([Path("sub/../index.csv")])
    assert [pair.method for pair in found.pairs] == ["index", "ours"]
    assert all(path.is_file() for pair in found.pairs for path in (pair.pastiche, pair.content, pair.style))


def test_methods_of_one_name_keep_their_folders_apart(place: Path) -> None:
    (place / "other").mkdir()
    (place / "out").rename(place / "other/grid")
    found = collect([Path("grid"), Path("other/grid")], Path("photos/a.png"), Path("styles/x.png"))
    assert {pair.method for pair in found.pairs} == {"grid", "other/grid"}


@pytest.mark.usefixtures("place")
def test_frames_are_matched_by_their_order() -> None:
    found = sequences([Path("out")], Path("photos"), Path("styles/x.png"))
    assert triples(tuple(found["out"])) == [(f"out/{name}.png", f"photos/{name}.png", "styles/x.png", "out") for name in "ab"]
    with pytest.raises(InputError, match="holds 3 frames and 'photos' 2"):
        sequences([Path("styles")], Path("photos"))
    with pytest.raises(InputError, match="--content"):
        sequences([Path("out")], Path("photos/a.png"))


@pytest.mark.parametrize(
    ("pastiche", "content", "style", "pattern", "said"),
    [
        ("oot", "photos", "styles", None, "does not exist"),
        ("out", None, "styles/x.png", None, "both --content and --style"),
        ("out/a.png", "photos", "styles/x.png", None, "is a folder and the pastiche is one picture"),
        ("out/a.png", "photos/c.png", "styles/x.png", None, "does not exist"),
        ("out", "photos", "styles", None, "such as 'a_x'"),
        ("grid", "photos", "styles", "{content}", "lacks {style}"),
        (".", "photos", "styles", None, "holds no picture"),
    ],
)
@pytest.mark.usefixtures("place")
def test_what_fits_nothing(pastiche: str, content: str | None, style: str | None, pattern: str | None, said: str) -> None:
    paths = [None if one is None else Path(one) for one in (content, style)]
    with pytest.raises(InputError, match=said) as caught:
        collect([Path(pastiche)], *paths, pattern)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"content,style,pastiche\n", "no rows"),
        (b"content,style\na,b\n", "no pastiche in line 2"),
        (b"content,style,pastiche\na,b,c\n,b,c\n", "no content in line 3"),
        (b"\xff\xfe\x00", "no CSV in UTF-8"),
    ],
)
def test_an_index_that_is_none(text: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_bytes(text)
    with pytest.raises(InputError, match=said):
        collect([tmp_path / "index.csv"])


def test_two_of_one_name(place: Path) -> None:
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(place / "photos/a.jpg")
    with pytest.raises(InputError, match="differ in their extension alone"):
        collect([Path("out")], Path("photos"), Path("styles/x.png"))


def test_an_index_wants_nothing_beside_it(place: Path) -> None:
    (place / "index.csv").write_text("content,style,pastiche\na,b,c\n")
    with pytest.raises(InputError, match="leave out --content"):
        collect([Path("index.csv")], Path("photos"))
