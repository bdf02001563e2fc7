"""The bar shows itself on a terminal only, and only when something moves."""

import sys

import pytest

from impasto.weights.progress import ProgressBar


@pytest.mark.parametrize("terminal", [True, False])
def test_the_bar_is_for_terminals(terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    with ProgressBar("vgg19") as progress:
        progress(1024, 4096)
        progress(0, 4096)
        progress(4096, 4096)
    out, err = capsys.readouterr()
    assert out == ""
    assert ("vgg19: 100%" in err and "4.00k/4.00k" in err) if terminal else err == ""


def test_nothing_is_shown_when_nothing_was_fetched(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with ProgressBar("vgg19"):
        pass
    assert capsys.readouterr().err == ""
