"""`impasto train encoder`: a tiny run from pictures to an encoder, interruptions, and the ways to call it wrongly."""

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from impasto import encoders
from impasto.cli import train, train_encoder
from impasto.cli.interruption import Interrupted
from impasto.cli.parsing import Parser
from impasto.encoders.slim import Slim
from impasto.errors import ImpastoError, InputError, WeightsError
from impasto.training.encoder import EncoderTrainer, EncoderTraining

TINY = ("--steps", "6", "--batch", "2", "--size", "64", "--save-every", "4", "--device", "cpu")

Call = Callable[..., int]


@pytest.fixture
def call(folder_of_pictures: Path, teacher_file: Path, tmp_path: Path, quick_survey: None) -> Call:
    """call(*words, output="run", teacher=..., images=...) -> exit code; a tiny run unless the words say otherwise."""

    def run(*words: object, output: str = "run", teacher: object = teacher_file, images: object = folder_of_pictures) -> int:
        parser = Parser(prog="impasto")
        train.register(parser.add_subparsers())
        line = ["train", "encoder", "--teacher", teacher, "--images", images, "--output", tmp_path / output, *words]
        args = parser.parse_args([str(word) for word in line])
        code: int = args.run(args)
        return code

    return run


def interrupt_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of that step, once."""
    original = EncoderTrainer.loss

    def loss(self: EncoderTrainer, batch: torch.Tensor) -> object:
        if self.step == step - 1:
            monkeypatch.setattr(EncoderTrainer, "loss", original)
            signal.raise_signal(signal.SIGINT)
        return original(self, batch)

    monkeypatch.setattr(EncoderTrainer, "loss", loss)


def test_a_run_gives_an_encoder_and_says_how_to_use_it(
    call: Call, tmp_path: Path, folder_of_pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder_of_pictures / "broken.jpg").write_bytes(b"no picture")
    assert call(*TINY, "--validation", folder_of_pictures / "more") == 0
    out, err = capsys.readouterr()
    weights = tmp_path / "run" / "slim.safetensors"
    assert out == f"saved {weights}; paint with --encoder {weights}\n"
    assert "1 of 6 files left out" in err
    assert "broken.jpg" in err
    assert "step 4 of 6: loss" in err
    assert "validation: relu1_1" in err
    assert isinstance(encoders.load(str(weights)), Slim)


def test_an_interrupted_run_goes_on_to_the_bit(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call(*TINY, output="unbroken")
    interrupt_at(3, monkeypatch)
    with pytest.raises(Interrupted, match="after step 3 of 6; the same command with --resume goes on"):
        call(*TINY, output="broken")
    assert call(*TINY, "--resume", output="broken") == 0
    expected, got = (load_file(tmp_path / name / "slim.safetensors") for name in ("unbroken", "broken"))
    assert all(torch.equal(got[name], value) for name, value in expected.items())


def test_a_run_is_not_overwritten_and_resumes_with_its_own_settings(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(*TINY)
    with pytest.raises(InputError, match="holds a run already; add --resume"):
        call(*TINY)
    capsys.readouterr()
    assert call("--resume", "--steps", "8") == 0
    assert "--steps 8 (it was 6), so it will not equal an unbroken one" in capsys.readouterr().err
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["step"] == 8


def test_a_run_does_not_go_on_with_another_teacher_or_other_pictures(
    call: Call, tmp_path: Path, folder_of_pictures: Path, teacher_file: Path
) -> None:
    call(*TINY)
    weights = load_file(teacher_file)
    weights["conv22.bias"] += 1
    save_file(weights, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="begun with other teacher"):
        call(*TINY, "--resume", teacher=tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="begun with --seed 0"):
        call(*TINY, "--resume", "--seed", "1")
    (folder_of_pictures / "a.png").unlink()
    with pytest.raises(InputError, match="begun with other pictures"):
        call(*TINY, "--resume")


def test_a_damaged_checkpoint_is_said_so(call: Call, tmp_path: Path) -> None:
    call(*TINY)
    checkpoint = tmp_path / "run" / "checkpoint.pt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    with pytest.raises(WeightsError, match="damaged or of another version"):
        call(*TINY, "--resume")


def test_wrong_calls_get_one_line_and_leave_nothing(
    call: Call, tmp_path: Path, folder_of_pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    save_file({"weight": torch.zeros(3)}, tmp_path / "nonsense.safetensors")
    for words, options, message in [
        ((), {"images": tmp_path / "empty"}, "no picture to learn from"),
        ((), {"images": tmp_path / "missing"}, "there is no"),
        ((), {"teacher": tmp_path / "missing.safetensors"}, "there is no file of weights"),
        ((), {"teacher": "vgg91"}, "did you mean 'vgg19'"),
        ((), {"teacher": tmp_path / "nonsense.safetensors"}, "holds no encoder"),
        ((), {"output": "missing/run"}, "does not exist"),
        (("--exclude", tmp_path / "missing.csv"), {}, "cannot be read"),
        (("--steps", "0"), {}, "at least 1"),
        (("--size", "16"), {}, "at least 64 px"),
        (("--device", "abacus"), {}, "unknown device"),
    ]:
        with pytest.raises(ImpastoError, match=message) as caught:
            call(*TINY, *words, **options)
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "run").exists()


def test_a_new_run_may_be_asked_to_resume(call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*TINY, "--resume") == 0
    assert "a new one begins" in capsys.readouterr().err


def test_a_run_may_begin_with_an_encoder_trained_before(call: Call, tmp_path: Path, encoder_file: Path) -> None:
    call(*TINY, "--steps", "1", output="first")
    first = tmp_path / "first" / "slim.safetensors"
    assert call(*TINY, "--steps", "1", "--learning-rate", "1e-9", "--from", first, output="second") == 0
    expected, got = (load_file(tmp_path / name / "slim.safetensors") for name in ("first", "second"))
    assert all(torch.allclose(got[name], value, atol=1e-2) for name, value in expected.items())
    with pytest.raises(InputError, match="other layers than this teacher asks for; leave --from out"):
        call(*TINY, "--from", encoder_file, output="third")


def test_the_help_tells_the_true_defaults() -> None:
    given = {name: default for name, (_, _, default) in train_encoder.SETTINGS.items()}
    assert replace(EncoderTraining(), **given) == EncoderTraining(), "cli/train_encoder.py: SETTINGS gives another default"
