"""Who judges by default, and when it is said not to be impartial."""

from pathlib import Path

import pytest
import torch

from impasto.errors import InputError
from impasto.metrics import judges


@pytest.fixture
def with_vgg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges, "locate", lambda name: Path("vgg19.pth") if name == "vgg19" else None)


@pytest.fixture
def without_vgg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges, "locate", lambda name: None)


def test_what_the_metadata_tell() -> None:
    assert judges.recorded_encoder({"settings": {"method": "online", "encoder": "vgg16"}}) == "vgg16"
    assert judges.recorded_encoder({"settings": {"method": "fast"}}) == "slim"
    for nothing in (None, {}, {"settings": None}, {"settings": {"encoder": 3}}):
        assert judges.recorded_encoder(nothing) is None


@pytest.mark.usefixtures("with_vgg")
def test_vgg_judges_when_it_is_there_and_did_not_paint() -> None:
    assert judges.choose() == "vgg19"
    assert judges.choose(["slim", None]) == "vgg19"
    assert judges.choose(["slim", "vgg19"]) == "random"


@pytest.mark.usefixtures("without_vgg")
def test_otherwise_the_random_network_does() -> None:
    assert judges.choose(["slim"]) == "random"


def test_the_judge_that_painted_is_named() -> None:
    assert "flatters" in judges.partiality("slim", [None, "slim"])
    assert "flatters" in judges.partiality("/somewhere/mine.pth", ["mine.pth"])
    assert "kin" in judges.partiality("vgg19", ["slim"])
    assert judges.partiality("random", ["slim"]) == ""
    assert judges.partiality("vgg16", ["slim"]) == ""
    assert judges.partiality("slim", [None]) == ""


def test_judges_by_name_and_file(encoder_file: Path) -> None:
    assert judges.load("random", torch.device("cpu")).descriptor.name == "random"
    assert judges.load("slim", torch.device("cpu")).descriptor.name == "slim"
    assert "relu1_1" in judges.load(str(encoder_file), torch.device("cpu")).descriptor.layers
    with pytest.raises(InputError, match="did you mean 'random'"):
        judges.load("randon", torch.device("cpu"))
    with pytest.raises(InputError, match="no file of weights"):
        judges.load("missing.pth", torch.device("cpu"))


@pytest.fixture
def encoder_file(tmp_path: Path) -> Path:
    from safetensors.torch import save_file

    from impasto.encoders.slim import Slim

    path = tmp_path / "tiny.safetensors"
    save_file(Slim({"1_1": 4, "1_2": 4, "2_1": 5}).state_dict(), path)
    return path
