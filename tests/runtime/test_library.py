"""The library of styles: names are never paths, files appear whole."""

from pathlib import Path

import numpy as np
import pytest

from impasto.errors import InputError, OutputError, WeightsError
from impasto.runtime import library
from impasto.runtime.embedding import StyleEmbedding

STYLE = StyleEmbedding(np.ones(8, np.float32), np.full(3, 0.5), np.eye(3), "m", "waves.jpg")


@pytest.fixture(autouse=True)
def home(own_home: Path) -> Path:
    return own_home


def test_what_is_added_is_listed_found_and_removed() -> None:
    assert library.names() == []
    library.add("waves", STYLE)
    library.add("Ärger_2", STYLE)
    assert library.names() == ["waves", "Ärger_2"]
    assert library.get("waves").source == "waves.jpg"
    library.remove("waves")
    assert library.names() == ["Ärger_2"]
    with pytest.raises(InputError, match="there is no style 'waves'"):
        library.get("waves")


def test_a_name_is_replaced_only_when_asked() -> None:
    path = library.add("waves", STYLE)
    before = path.read_bytes()
    with pytest.raises(InputError, match="already"):
        library.add("waves", StyleEmbedding(STYLE.vector * 2, STYLE.mean, STYLE.covariance, "m"))
    assert path.read_bytes() == before
    library.add("waves", StyleEmbedding(STYLE.vector * 2, STYLE.mean, STYLE.covariance, "m"), overwrite=True)
    assert library.get("waves").vector[0] == 2


@pytest.mark.parametrize("name", ["", "..", "../up", "a/b", "a\\b", "/etc", ".hidden", "-x", "con", "a" * 65, "a b", "a\n"])
def test_a_name_is_never_a_path(name: str, home: Path) -> None:
    for action in (library.get, library.remove, lambda name: library.add(name, STYLE)):
        with pytest.raises(InputError, match="cannot be a style's name"):
            action(name)
    assert not list(home.iterdir())


@pytest.mark.parametrize(("file", "name"), [("Great Wave!.jpg", "great-wave"), ("..png", "style"), ("été_2.tif", "été-2")])
def test_a_files_name_makes_a_name(file: str, name: str) -> None:
    assert library.check_name(library.name_for(Path(file))) == name


def test_a_slip_of_the_finger_gets_a_hint() -> None:
    library.add("starry-night", STYLE)
    with pytest.raises(InputError, match="did you mean 'starry-night'"):
        library.get("stary-night")


def test_a_damaged_style_is_named(home: Path) -> None:
    library.add("waves", STYLE).write_bytes(b"junk")
    with pytest.raises(WeightsError, match=r"waves\.safetensors"):
        library.get("waves")


def test_a_folder_that_cannot_be_made_is_an_error_of_output(home: Path) -> None:
    (home / "styles").write_text("in the way")
    with pytest.raises(OutputError, match="IMPASTO_HOME"):
        library.add("waves", STYLE)
