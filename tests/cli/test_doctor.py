"""`impasto doctor`: true, parseable, and not to be felled by a broken machine."""

import argparse
import builtins
import importlib
import json
import platform
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from impasto import device
from impasto.cli import doctor
from impasto.weights.catalogue import CATALOGUE


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "home" / "weights"


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    doctor.register(parser.add_subparsers())
    args = parser.parse_args(["doctor", *words])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_for_machines(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch = pytest.importorskip("torch")
    assert call("--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["versions"]["python"] == platform.python_version()
    assert report["versions"]["torch"] == torch.__version__
    assert report["torch"]["devices"][0] == "cpu"
    assert report["torch"]["threads"] == torch.get_num_threads()
    fast = device.has_fast_bfloat16(device.choose_device())
    assert report["torch"]["precision"] == ("bfloat16" if fast else "float32")
    assert report["weights"]["cache"] == str(cache)
    assert report["weights"]["vgg19"] == "missing"
    assert set(CATALOGUE) < set(report["weights"])
    assert report["system"]["memory"].endswith("GiB available")


def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 0
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if not line.startswith(" ")] == ["versions", "system", "torch", "weights"]


def test_damaged_weights_are_told_from_missing_ones(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.mkdir(parents=True)
    (cache / CATALOGUE["vgg19-caffe"].file).write_bytes(b"something else")
    assert doctor.examine()["weights"]["vgg19-caffe"] == "cache damaged"


def test_no_folder_of_the_users_but_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "ada"))
    call("--json")
    assert str(tmp_path / "ada") not in capsys.readouterr().out


def test_without_torch_and_psutil(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real_import, real_module = builtins.__import__, importlib.import_module

    def gone(name: str, *args: Any, **options: Any) -> Any:
        if name in ("torch", "psutil"):
            raise ImportError(name)
        return real_import(name, *args, **options)

    def broken(name: str, *args: Any) -> Any:
        if name == "torch":
            raise OSError("a library of it is missing")
        return real_module(name, *args)

    monkeypatch.setattr(builtins, "__import__", gone)
    monkeypatch.setattr(importlib, "import_module", broken)
    assert call() == 0
    out = capsys.readouterr().out
    assert "unknown (OSError)" in out
    assert "unknown (ModuleNotFoundError)" in out or "unknown (ImportError)" in out


def test_a_torch_that_is_another_age() -> None:
    """Nothing of what is asked exists."""
    assert doctor._torch(SimpleNamespace())["devices"] == ["cpu"]
