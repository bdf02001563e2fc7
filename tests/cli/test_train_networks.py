"""`impasto train arbitrary` and `train style`: tiny runs from pictures to networks, two processes, wrong calls."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from impasto.cli import train, train_networks
from impasto.cli.interruption import Interrupted
from impasto.cli.parsing import Parser
from impasto.errors import ImpastoError, InputError
from impasto.training import arbitrary
from impasto.training.settings import StylisationTraining

TINY = ("--steps", "4", "--batch", "2", "--size", "64", "--save-every", "2", "--device", "cpu", "--precision", "32")

Call = Callable[..., int]


def line(kind: str, photos: Path, output: Path, encoder: Path, *words: object) -> list[str]:
    start = ("train", kind, "--content", photos, "--output", output, "--encoder", encoder)
    return [str(word) for word in (*start, *TINY, *words)]


@pytest.fixture
def call(folder_of_pictures: Path, encoder_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """call(kind, *words, output="run") -> exit code; a tiny run unless the words say otherwise."""
    monkeypatch.setattr(arbitrary, "SURVEYED", 1)

    def run(kind: str, *words: object, output: str = "run") -> int:
        if kind == "arbitrary" and "--style" not in words:
            words = ("--style", folder_of_pictures, *words)
        parser = Parser(prog="impasto")
        train.register(parser.add_subparsers())
        args = parser.parse_args(line(kind, folder_of_pictures, tmp_path / output, encoder_file, *words))
        code: int = args.run(args)
        return code

    return run


def losses(run: Path) -> list[dict[str, float]]:
    return [json.loads(row) for row in (run / "log.jsonl").read_text().splitlines()]


def test_a_run_gives_a_network_and_lists_what_it_could_not_read(
    call: Call, tmp_path: Path, folder_of_pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder_of_pictures / "broken.jpg").write_bytes(b"no picture")
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("content,style\na.png,f.png\n")
    assert call("arbitrary", "--validation", pairs) == 0
    out, err = capsys.readouterr()
    assert out == f"saved {tmp_path / 'run' / 'arbitrary.safetensors'}\n"
    assert err.count("1 of 5 files left out") == 2
    assert "broken.jpg" in err
    assert "step 2 of 4: content" in err
    assert "; validation: content" in err
    assert [row["step"] for row in losses(tmp_path / "run")] == [2, 4]
    with safe_open(tmp_path / "run" / "arbitrary.safetensors", "pt") as file:
        metadata = file.metadata()
        assert {file.get_tensor(name).dtype for name in file.keys()} <= {torch.float16, torch.uint8}  # noqa: SIM118
    assert metadata["architecture"] == "arbitrary"
    assert json.loads(metadata["shape"])["embedding"] == 128
    assert metadata["steps"] == "4"


def test_two_processes_give_the_losses_of_one_with_twice_the_batch(
    call: Call, folder_of_pictures: Path, encoder_file: Path, tmp_path: Path
) -> None:
    call("arbitrary", "--steps", "1", output="begin")
    begin = ("--from", tmp_path / "begin" / "arbitrary.safetensors", "--save-every", "1")
    call("arbitrary", *begin, "--batch", "4", output="one")
    words = ("--style", folder_of_pictures, *begin, "--devices", "2")
    command = line("arbitrary", folder_of_pictures, tmp_path / "two", encoder_file, *words)
    done = subprocess.run(
        [sys.executable, "-m", "impasto", *command],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("saved") == done.stderr.count("step 4 of 4") == 1
    one, two = losses(tmp_path / "one"), losses(tmp_path / "two")
    assert len(one) == len(two) == 4
    for expected, got in zip(one, two, strict=True):
        for name in ("content", "style", "total"):
            assert got[name] == pytest.approx(expected[name], rel=2e-4), f"{name} at step {expected['step']}"
    # The same losses also mean the same gradients, or they would part after the first step.
    assert one[0]["total"] != pytest.approx(one[-1]["total"], rel=1e-2)


def test_an_interrupted_run_is_saved_and_goes_on_to_the_bit(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call("arbitrary", output="unbroken")
    original = arbitrary.StylisationTrainer.train_step

    def step(self: arbitrary.StylisationTrainer, stop: bool = False) -> Any:
        if self.step == 2 and not stop:
            monkeypatch.setattr(arbitrary.StylisationTrainer, "train_step", original)
            signal.raise_signal(signal.SIGINT)
        return original(self, stop)

    monkeypatch.setattr(arbitrary.StylisationTrainer, "train_step", step)
    with pytest.raises(Interrupted, match="after step 4 of 5; the same command with --resume goes on"):
        call("arbitrary", "--steps", "5", output="broken")
    assert call("arbitrary", "--steps", "5", "--resume", output="broken") == 0
    assert call("arbitrary", "--steps", "5", output="whole") == 0
    expected, got = (load_file(tmp_path / name / "arbitrary.safetensors") for name in ("whole", "broken"))
    assert all(torch.equal(got[name], value) for name, value in expected.items())


def test_a_run_is_specialised_to_one_style_and_says_what_that_brought(
    call: Call, tmp_path: Path, folder_of_pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call("arbitrary")
    capsys.readouterr()
    style, begin = folder_of_pictures / "b.png", tmp_path / "run" / "arbitrary.safetensors"
    words = (style, "--from", begin, "--learning-rate", "0.01", "--steps", "6")
    assert call("style", *words, output="one") == 0
    out = capsys.readouterr().out
    assert "on 3 photos that were held out: content" in out
    before, after = (float(word) for word in out.split("total ")[1].split("\n")[0].split(" -> "))
    assert after < before
    old, new = (load_file(tmp_path / name / "arbitrary.safetensors") for name in ("run", "one"))
    changed = {name.split(".")[0] for name, value in old.items() if not torch.equal(new[name], value)}
    assert changed == {"transfer"}
    assert call("style", *words, "--steps", "7", "--resume", output="one") == 0
    assert f"total {before:.4f} -> " in capsys.readouterr().out


def test_a_network_imitates_a_teacher_and_does_not_go_on_without(call: Call, tmp_path: Path) -> None:
    call("arbitrary", "--seed", "5", output="teacher")
    teacher = ("--teacher", tmp_path / "teacher" / "arbitrary.safetensors")
    call("arbitrary", output="alone")
    call("arbitrary", *teacher, output="taught")
    call("arbitrary", *teacher, "--imitation-weight", "0", output="unmoved")
    alone, taught, unmoved = (load_file(tmp_path / name / "arbitrary.safetensors") for name in ("alone", "taught", "unmoved"))
    assert all(torch.equal(value, unmoved[name]) for name, value in alone.items())
    assert not all(torch.equal(value, taught[name]) for name, value in alone.items())
    with pytest.raises(InputError, match="name one with --teacher, or leave it out"):
        call("arbitrary", "--imitation-weight", "5", output="none")
    with pytest.raises(InputError, match="begun with other teacher; give the same --teacher"):
        call("arbitrary", "--resume", output="taught")
    call("arbitrary", "--network", "adain", output="other")
    with pytest.raises(InputError, match="is told other things of a style"):
        call("arbitrary", "--teacher", tmp_path / "other" / "adain.safetensors", output="none")


def test_a_trained_network_goes_on_at_a_gentler_rate(call: Call, tmp_path: Path) -> None:
    call("arbitrary", "--steps", "1")
    begin = ("--from", tmp_path / "run" / "arbitrary.safetensors", "--steps", "1")
    call("arbitrary", *begin, output="gentle")
    call("arbitrary", *begin, "--learning-rate", "0.002", output="told")
    records = [json.loads((tmp_path / name / "run.json").read_text()) for name in ("run", "gentle", "told")]
    rates = [record["settings"]["learning_rate"] for record in records]
    assert rates == [0.001, 0.0003, 0.002]


@pytest.mark.parametrize("network", ["johnson", "dumoulin"])
def test_published_networks_of_given_styles_train(call: Call, tmp_path: Path, folder_of_pictures: Path, network: str) -> None:
    assert call("style", folder_of_pictures / "b.png", "--network", network, "--steps", "1") == 0
    assert (tmp_path / "run" / f"{network}.safetensors").is_file()


def test_another_style_for_a_trained_multi_style_network(call: Call, tmp_path: Path, folder_of_pictures: Path) -> None:
    styles = (folder_of_pictures / "b.png", folder_of_pictures / "c.png")
    call("style", *styles, "--network", "dumoulin", "--steps", "1")
    begin = tmp_path / "run" / "dumoulin.safetensors"
    call("style", styles[0], "--network", "dumoulin", "--from", begin, "--steps", "1", output="more")
    old, new = load_file(begin), load_file(tmp_path / "more" / "dumoulin.safetensors")
    assert [name for name in old if not torch.equal(old[name], new[name])] == ["styles"]
    assert new["styles"].shape == (1, 3206)


def test_adains_decoder_trains(call: Call, tmp_path: Path) -> None:
    assert call("arbitrary", "--network", "adain", "--steps", "1") == 0
    assert (tmp_path / "run" / "adain.safetensors").is_file()


def test_wrong_calls_get_one_line_and_leave_nothing(call: Call, tmp_path: Path, folder_of_pictures: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "bad.png").write_bytes(b"no picture")
    one, two = folder_of_pictures / "a.png", folder_of_pictures / "b.png"
    for kind, words, message in [
        ("arbitrary", ("--style", tmp_path / "empty"), "no picture in"),
        ("arbitrary", ("--style", tmp_path / "missing"), "there is no"),
        ("arbitrary", ("--style", tmp_path / "bad"), "none of the 1 styles can be used"),
        ("arbitrary", ("--size", "16"), "at least 64 px"),
        ("arbitrary", ("--texture", "mrf"), "cannot be trained with the texture model 'mrf'"),
        ("arbitrary", ("--network", "wct"), "invalid choice"),
        ("arbitrary", ("--from", tmp_path / "none.safetensors"), "there is no trained network"),
        ("arbitrary", ("--teacher", tmp_path / "none.safetensors"), "none.safetensors. to imitate; give --teacher"),
        ("arbitrary", ("--output", tmp_path / "missing" / "run"), "does not exist"),
        ("style", (one, two, "--network", "johnson"), "is of one style and 2 were given"),
        ("style", (tmp_path / "bad" / "bad.png", "--network", "johnson"), "bad.png"),
    ]:
        with pytest.raises(ImpastoError, match=message) as caught:
            call(kind, *words)
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "run").exists()


def test_a_run_is_not_mixed_with_another(call: Call, tmp_path: Path, folder_of_pictures: Path) -> None:
    call("arbitrary", "--steps", "1")
    with pytest.raises(InputError, match="holds a run already; add --resume"):
        call("arbitrary")
    with pytest.raises(InputError, match="begun with other styles"):
        call("arbitrary", "--resume", "--style", folder_of_pictures / "more")
    with pytest.raises(InputError, match="begun with other network"):
        call("arbitrary", "--resume", "--network", "adain")
    begin = tmp_path / "run" / "arbitrary.safetensors"
    with pytest.raises(InputError, match="is a network 'arbitrary'; add --network arbitrary"):
        call("arbitrary", "--network", "adain", "--from", begin, output="other")
    assert call("arbitrary", "--from", begin, "--steps", "1", output="other") == 0


def test_the_help_tells_the_true_defaults() -> None:
    given = {name: default for name, (_, _, default) in train_networks.ARBITRARY_SETTINGS.items()}
    assert replace(StylisationTraining(), **given) == StylisationTraining(), "SETTINGS gives another default"
