"""`impasto models`: the list, and getting what is on it."""

import argparse
import dataclasses
import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from impasto.cli import models
from impasto.errors import InputError, WeightsError
from impasto.weights.catalogue import CATALOGUE

PAYLOAD = b"weights" * 1000


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("IMPASTO_WEIGHTS_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "home" / "weights"


@pytest.fixture
def mirror(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the mirror serves, with vgg19's file in it, and a catalogue to match."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    entry = CATALOGUE["vgg19"]
    (folder / entry.file).write_bytes(PAYLOAD)
    facts = {"size": len(PAYLOAD), "sha256": hashlib.sha256(PAYLOAD).hexdigest()}
    monkeypatch.setitem(CATALOGUE, "vgg19", dataclasses.replace(entry, **facts))  # type: ignore[arg-type]

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    monkeypatch.setenv("IMPASTO_WEIGHTS_URL", f"http://127.0.0.1:{server.server_port}")
    yield folder
    server.shutdown()
    server.server_close()


def call(*words: str) -> int:
    parser = argparse.ArgumentParser()
    models.register(parser.add_subparsers())
    args = parser.parse_args(["models", *words])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_the_list_names_everything_and_how_to_get_it(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 0
    out = capsys.readouterr().out
    lines = {line.split()[0]: line for line in out.splitlines() if line}
    assert set(CATALOGUE) <= set(lines)
    assert "548.1 MiB" in lines["vgg19"]
    assert "BSD-3-Clause" in lines["vgg19"]
    assert "impasto models get vgg19 " in lines["vgg19"]
    assert f"Cache: {cache}" in out
    starts = {lines[name].index(CATALOGUE[name].what) for name in CATALOGUE}
    assert len(starts) == 1
    assert all(line == line.rstrip() for line in out.splitlines())


def test_getting_fetches_once_and_the_list_then_says_where(
    cache: Path, mirror: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("get", "vgg19") == 0
    path = cache / CATALOGUE["vgg19"].file
    assert path.read_bytes() == PAYLOAD
    assert capsys.readouterr().out == f"vgg19: saved as {path}\n"
    assert call("get", "vgg19") == 0
    assert capsys.readouterr().out == f"vgg19: already at {path}\n"
    call()
    assert " cache " in next(line for line in capsys.readouterr().out.splitlines() if line.startswith("vgg19 "))


def test_a_damaged_copy_is_fetched_again(cache: Path, mirror: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = cache / CATALOGUE["vgg19"].file
    cache.mkdir(parents=True)
    path.write_bytes(PAYLOAD[::-1])
    assert call("get", "vgg19") == 0
    assert path.read_bytes() == PAYLOAD
    assert "damaged" in capsys.readouterr().err


def test_what_cannot_be_got(cache: Path) -> None:
    with pytest.raises(InputError, match="'slim' is embedded"):
        call("get", "slim")
    with pytest.raises(WeightsError, match="did you mean 'vgg19'"):
        call("get", "vgg91")
    with pytest.raises(WeightsError, match="no connection to"):
        call("get", "vgg19")


def test_an_unknown_name_stops_before_anything_is_fetched(cache: Path, mirror: Path) -> None:
    with pytest.raises(WeightsError):
        call("get", "vgg19", "vgg91")
    assert not cache.exists()
