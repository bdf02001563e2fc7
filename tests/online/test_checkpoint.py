"""A checkpoint gives back exactly what was put into it, or says in a line why not."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from impasto.errors import InputError, OutputError  # noqa: E402
from impasto.online import checkpoint  # noqa: E402

PAINTING: dict[str, Any] = {
    "software": "impasto 1.0",
    "torch": "2.0",
    "settings": {"strength": 0.5, "style_layers": ["relu1_1", "relu2_1"], "device": "cpu"},
    "size": [64, 48],
    "content": {"file": "photo.jpg", "sha256": "aa"},
    "styles": [{"file": "waves.jpg", "sha256": "bb"}],
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "out.png.resume"
    checkpoint.save(path, {"image": torch.arange(12.0).reshape(1, 3, 2, 2), "done": 7}, PAINTING, {"step": 7})
    return path


def other(**changes: Any) -> dict[str, Any]:
    return {**PAINTING, **changes}


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    parameter = torch.rand(1, 3, 8, 6).requires_grad_(True)
    optimizer = torch.optim.LBFGS([parameter], max_iter=3)
    optimizer.step(lambda: _loss(optimizer, parameter))
    image = torch.rand(1, 3, 8, 6).to(memory_format=torch.channels_last)
    state = {"image": image, "averaged": None, "level": 1, "optimizer": optimizer.state_dict()}
    checkpoint.save(
        tmp_path / "a", state, PAINTING, {"step": 3, "preview": [[1, torch.zeros(2, 2, 3, dtype=torch.uint8), (9, 9)]]}
    )
    back, extras = checkpoint.load(tmp_path / "a", PAINTING)
    assert torch.equal(back["image"], image)
    assert back["image"].stride() == image.stride()
    assert back["averaged"] is None
    assert back["level"] == 1
    assert torch.equal(back["optimizer"]["state"][0]["d"], optimizer.state_dict()["state"][0]["d"])
    assert extras["step"] == 3
    assert extras["preview"][0][1].dtype == torch.uint8


def _loss(optimizer: Any, parameter: Any) -> Any:
    optimizer.zero_grad()
    loss = (parameter - 0.3).square().sum()
    loss.backward()
    return loss


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (other(content={"file": "b.jpg", "sha256": "cc"}), "its content picture was another (photo.jpg)"),
        (other(styles=[]), "its style was another (waves.jpg)"),
        (other(settings={**PAINTING["settings"], "strength": 0.7}), "--strength was 0.5, now 0.7"),
        (
            other(settings={**PAINTING["settings"], "style_layers": None}),
            "--style-layers was relu1_1,relu2_1, now not given",
        ),
        (other(software="impasto 2.0"), "it was begun by impasto 1.0, and this is impasto 2.0"),
    ],
)
def test_another_painting(saved: Path, now: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        checkpoint.load(saved, now)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_does_not_matter_may_differ(saved: Path) -> None:
    moved = other(content={"file": "renamed.jpg", "sha256": "aa"}, torch="3")
    moved["settings"] = {**PAINTING["settings"], "device": "cuda", "style_layers": ("relu1_1", "relu2_1")}
    assert checkpoint.load(saved, moved)[0]["done"] == 7


@pytest.mark.parametrize("length", [0, 5, 20, 40, 60, -1])
def test_cut_short(saved: Path, length: int) -> None:
    saved.write_bytes(saved.read_bytes()[:length])
    with pytest.raises(InputError, match="is damaged or no checkpoint"):
        checkpoint.load(saved, PAINTING)


def test_one_bit_wrong(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    data[len(data) // 2] ^= 1
    saved.write_bytes(data)
    with pytest.raises(InputError, match="is damaged"):
        checkpoint.load(saved, PAINTING)


def test_of_another_layout(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes().replace(b"checkpoint 1\n", b"checkpoint 9\n", 1))
    with pytest.raises(InputError, match="written by another version of Impasto"):
        checkpoint.load(saved, PAINTING)


def test_no_code_is_run_from_it(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    buffer = io.BytesIO()
    torch.save({"painting": PAINTING, "state": {"image": Trap()}, "extras": {}}, buffer)
    body = buffer.getvalue()
    (tmp_path / "trap").write_bytes(checkpoint.MAGIC + hashlib.sha256(body).digest() + body)
    with pytest.raises(InputError, match="is damaged"):
        checkpoint.load(tmp_path / "trap", PAINTING)
    assert not (tmp_path / "sprung").exists()


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        checkpoint.load(tmp_path / "none", PAINTING)


def test_an_older_one_survives_a_failure(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(*words: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="no space left"):
        checkpoint.save(saved, {"done": 8}, PAINTING)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
