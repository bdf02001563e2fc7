"""`impasto styles` and `impasto export`."""

import shutil
from pathlib import Path

import pytest

from impasto.cli.main import main
from impasto.runtime import library


@pytest.fixture
def home(place: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with pictures, an empty library, and a small network in the place of the package's."""
    monkeypatch.setenv("IMPASTO_HOME", str(place / "home"))
    monkeypatch.setattr("impasto.runtime.fast.fetch", lambda name: tiny_model / f"{name.removeprefix('arbitrary-')}.onnx")
    return place


def test_styles_are_added_listed_shown_and_removed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["styles", "list"]) == 0
    assert "impasto styles add" in capsys.readouterr().out
    assert main(["styles", "add", "style.png"]) == 0
    assert main(["styles", "add", "other.png", "--name", "mine"]) == 0
    capsys.readouterr()
    assert main(["styles"]) == 0
    assert capsys.readouterr().out.split() == ["mine", "style"]
    assert main(["styles", "show", "mine"]) == 0
    shown = capsys.readouterr().out
    assert "other.png" in shown
    assert "#" in shown
    assert main(["styles", "remove", "mine", "style"]) == 0
    assert library.names() == []


@pytest.mark.parametrize(
    "words",
    [
        ["add", "style.png", "--name", "../up"],
        ["add", "missing.png"],
        ["add", "taken.png"],
        ["show", "missing"],
        ["remove", "taken", "missing"],
    ],
)
def test_what_the_user_can_mend_is_one_line_and_changes_nothing(
    home: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "taken.png").write_bytes((home / "style.png").read_bytes())
    assert main(["styles", "add", "taken.png"]) == 0
    before = library.get_path("taken").read_bytes()
    capsys.readouterr()
    assert main(["styles", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert library.names() == ["taken"]
    assert library.get_path("taken").read_bytes() == before


def test_overwriting_must_be_asked_for(home: Path) -> None:
    assert main(["styles", "add", "style.png", "--name", "a"]) == 0
    before = library.get("a").vector
    assert main(["styles", "add", "other.png", "--name", "a", "--overwrite"]) == 0
    assert (library.get("a").vector != before).any()


def test_export_writes_both_graphs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnx")
    import torch

    from impasto import encoders
    from impasto.offline.networks.arbitrary import Shape
    from impasto.offline.networks.both import Arbitrary
    from impasto.offline.networks.saving import save_model

    torch.manual_seed(0)
    small = Arbitrary(encoders.load("slim").descriptor, Shape((4, 8), 1, (6, 4), 4, 8, 16))
    save_model(home / "net.safetensors", small, "slim", {})
    (home / "out").mkdir()
    assert main(["export", "--format", "onnx", "-o", "out", "--model", "net.safetensors"]) == 0
    assert sorted(path.name for path in (home / "out").iterdir()) == ["predict.onnx", "transfer.onnx"]
    assert "checked against PyTorch" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["-o", "missing"],
        ["-o", ".", "--int8", "missing"],
        ["-o", ".", "--int8", "few"],
        ["-o", ".", "--model", "missing"],
        ["-o", ".", "--model", "photo.png"],
    ],
)
def test_export_says_in_one_line_what_is_missing(home: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    (home / "few").mkdir()
    shutil.copy(home / "photo.png", home / "few")
    assert main(["export", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(home.glob("*.onnx"))
