"""The entrance: help, version, suggestions, exit codes, and no heavy import before a command runs."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import impasto
from impasto.cli import doctor, main
from impasto.errors import InputError


def stderr_line(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr."""
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("impasto: ")
    return captured.err


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    check = (
        "import sys, impasto.cli.main as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = {'torch', 'numpy', 'PIL', 'pyvips', 'requests', 'impasto.painter'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=60)
        seconds.append(time.perf_counter() - began)
    # It takes 0.15 s. A busy machine may take longer; an import of PyTorch takes over a second anywhere.
    assert min(seconds) < 0.6
    assert all(re.search(rf"^    {command}\b", result.stdout, re.MULTILINE) for command in main.COMMANDS)


def test_paint_help_imports_nothing_heavy_either() -> None:
    check = (
        "import sys, impasto.cli.main as m\n"
        "try: m.main(['paint', '--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert not {'torch', 'numpy', 'PIL', 'pyvips'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, timeout=60)


def test_the_module_runs() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "impasto", "--version"], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == f"impasto {impasto.__version__}\n"


def test_without_a_command_comes_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([]) == 0
    assert "paint a photo" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pant", "a.jpg", "b.jpg"], "unknown command 'pant'; did you mean 'paint'?"),
        (["--verion"], "unknown option '--verion'; did you mean '--version'?"),
        (["doctor", "--jsn"], "unknown option '--jsn'; did you mean '--json'?"),
        (["models", "gt"], "invalid choice: 'gt'"),
        (["paint", "a.jpg"], "missing: STYLE; see impasto paint --help"),
        (["paint", "a.jpg", "b.jpg", "-o", "c.png", "d.jpg"], "one word too many: d.jpg"),
        (["paint", "--strenght", "0.5", "a.jpg", "b.jpg"], "unknown option '--strenght'; did you mean '--strength'?"),
        (["paint", "a.jpg", "--ouput", "c.png"], "unknown option '--ouput'; did you mean '--output'?"),
        (["paint", "a.jpg", "b.jpg", "--xyzzy"], "unknown option '--xyzzy'; see impasto paint --help"),
        (["paint", "a.jpg", "b.jpg", "--stren=1"], "unknown option '--stren'; did you mean '--strength'?"),
    ],
)
def test_slips_are_one_line_with_a_way_out(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(words) == 2
    assert said in stderr_line(capsys)


def test_a_picture_in_the_commands_place(tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photo.jpg").touch()
    assert main.main(["photo.jpg", "style.jpg"]) == 2
    assert "to paint a picture: impasto paint photo.jpg STYLE -o OUT" in stderr_line(capsys)


def test_our_own_faults_are_told_as_such(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(doctor, "examine", fail)
    assert main.main(["doctor"]) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError: ours" in err
    assert err.splitlines()[-1].startswith("impasto: this is a bug, please report it")


def test_a_message_stays_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise InputError("one\ntwo")

    monkeypatch.setattr(doctor, "examine", fail)
    assert main.main(["doctor"]) == 2
    assert stderr_line(capsys) == "impasto: one two\n"


def test_ctrl_c_anywhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "examine", interrupt)
    assert main.main(["doctor"]) == 130
    assert stderr_line(capsys) == "impasto: interrupted\n"


def test_a_reader_that_leaves_early() -> None:
    """`impasto paint --help | head -1` says nothing more."""
    script = f"{sys.executable} -m impasto doctor | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert result.stderr == ""


def test_the_program_says_all_and_clears_up_before_it_ends(tmp_path: Path) -> None:
    trace = tmp_path / "cleared"
    program = (
        "import atexit, pathlib, sys, impasto.cli.main as m\n"
        f"atexit.register(lambda: pathlib.Path({str(trace)!r}).touch())\n"
        "m.main = lambda: print('x' * 100_000, end='') or 2\n"
        "m.run()"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (2, "x" * 100_000, "")
    assert trace.exists()


def test_the_program_waits_for_its_threads() -> None:
    program = (
        "import threading, time, impasto.cli.main as m\n"
        "m.main = lambda: threading.Thread(target=lambda: (time.sleep(0.3), print('late'))).start() or 0\n"
        "m.run()"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout == "late\n"
