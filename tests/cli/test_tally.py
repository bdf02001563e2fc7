"""One progress bar over many pictures."""

import pytest

from impasto.cli.tally import Tally


def test_elsewhere_than_on_a_terminal_it_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Tally("sheet", terminal=False) as tally:
        tally.say("loading")
        tally.begin(3, "paintings")
        tally.show(1.5, "the second")
        tally.note("something")
    assert capsys.readouterr().err.splitlines() == ["sheet: 3 paintings", "note: something"]


def test_on_a_terminal_it_is_a_bar_with_the_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    with Tally("a {name}", terminal=True) as tally:
        tally.say("loading")
        tally.begin(4, "paintings")
        for done in (0, 1, 2.5, 4):
            tally.show(done, "number")
            tally._bar.refresh()
    err = capsys.readouterr().err
    assert "a {name}: loading" in err
    assert " 25%" in err
    assert "100%" in err
    assert "number, 0 s left" in err
    assert "paintings" not in err


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with Tally("sheet", quiet=True, terminal=True) as tally:
        tally.say("loading")
        tally.begin(3, "paintings")
        tally.show(1, "one")
        tally.note("something")
    assert capsys.readouterr() == ("", "")
