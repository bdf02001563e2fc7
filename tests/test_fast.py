"""The fast method through the front doors, with the networks that ship. Their insides are tested under `runtime`."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import impasto
from impasto import images
from impasto.cli.main import main
from impasto.errors import InputError
from impasto.online.settings import make_settings


def scene(seed: int, width: int = 96, height: int = 72) -> np.ndarray:
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    waves = [0.5 + 0.3 * np.sin(random.uniform(5, 40) * x + random.uniform(5, 40) * y) for _ in range(3)]
    return np.round(255 * np.stack(waves, -1)).astype(np.uint8)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A photo and a style image."""
    paths = tmp_path / "photo.png", tmp_path / "style.png"
    for seed, path in enumerate(paths):
        images.write(images.Picture(scene(seed)), path)
    return paths


def test_a_painter_embeds_once_and_paints_often() -> None:
    painter = impasto.Painter(method="fast", size=96)
    style = painter.embed(scene(1))
    once, again = painter.paint(scene(0), style), painter.paint(scene(0), scene(1))
    assert once.array.shape == (72, 96, 3)
    assert np.allclose(once.array, again.array)
    assert np.abs(once.array - scene(0) / 255).mean() > 0.02
    assert painter.paint(scene(2), style).size == (96, 72)


def test_strength_goes_from_the_photo_to_the_style() -> None:
    painter = impasto.Painter("fast", size=96)
    away = [
        np.abs(painter.paint(scene(0), scene(1), strength=s).array - scene(0) / np.float32(255)).mean()
        for s in (0, 0.3, 0.6, 1)
    ]
    assert away[0] == 0
    assert away == sorted(away)


def test_styles_blend_by_weight() -> None:
    # A size that no other test paints: after some pictures it would get a graph of its own, which rounds otherwise.
    painter = impasto.Painter("fast", size=88)
    one, both, other = (
        painter.paint(scene(0), [scene(1), scene(2)], style_weights=weights).array for weights in ((1, 0), (1, 1), (0, 1))
    )
    assert np.allclose(one, painter.paint(scene(0), scene(1)).array)
    assert np.abs(both - one).mean() < np.abs(other - one).mean()


def test_the_photos_colours_and_masks_are_kept() -> None:
    painter = impasto.Painter("fast", size=96)
    mask = np.zeros((72, 96), bool)
    mask[:, :48] = True
    masked = painter.paint(scene(0), scene(1), masks=[(mask, None)]).array
    assert np.allclose(masked[:, 50:], scene(0)[:, 50:] / 255, atol=1e-3)
    assert np.allclose(painter.paint(scene(0), painter.embed(scene(1)), masks=[(mask, None)]).array, masked)
    assert np.abs(masked[:, :46] - scene(0)[:, :46] / 255).mean() > 0.02
    assert not np.allclose(painter.paint(scene(0), scene(1), color="keep").array, painter.paint(scene(0), scene(1)).array)
    with pytest.raises(InputError, match="mask of a style"):
        painter.paint(scene(0), scene(1), masks=[(mask, mask)])


def test_what_belongs_to_the_other_method_is_refused() -> None:
    for name, value in (("iterations", 10), ("texture", "gram"), ("init", "noise"), ("tv_weight", 0.5)):
        with pytest.raises(InputError, match="online method"):
            make_settings({"method": "fast", name: value})
    style = impasto.Painter("fast").embed(scene(1))
    with pytest.raises(InputError, match="fast method"):
        impasto.paint(scene(0), style)
    with pytest.raises(InputError, match="synthesised by the online"):
        impasto.Painter("fast").synthesize(scene(1))
    with pytest.raises(InputError, match="--method"):
        impasto.Painter("slow")


def test_the_online_method_can_begin_with_it() -> None:
    barely = {"iterations": 1, "coarsest": 96, "optimizer": "adam", "learning_rate": 1e-4}
    started = impasto.paint(scene(0), scene(1), size=96, init="fast", **barely)
    fast = impasto.paint(scene(0), scene(1), size=96, method="fast")
    assert np.abs(started.array - fast.array).mean() < 0.01


def test_the_command_paints_without_torch_and_says_how(files: tuple[Path, Path], tmp_path: Path) -> None:
    photo, style = files
    code = (
        "import sys; from impasto.cli.main import main; "
        f"code = main(['paint', '--fast', {str(photo)!r}, {str(style)!r}, '-o', {str(tmp_path / 'out.png')!r}]); "
        "sys.exit(code or ('torch' in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
    painted = images.read(tmp_path / "out.png")
    assert painted.size == images.fit((96, 72), 512)
    settings = json.loads(json.dumps(images.read_settings(tmp_path / "out.png")))["settings"]
    assert settings["method"] == "fast"
    assert "iterations" not in settings


def test_the_command_refuses_what_one_pass_cannot_do(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, style = map(str, files)
    for words in (["--preview", "p.png"], ["--resume"], ["--iterations", "5"], ["--method", "online"]):
        assert main(["paint", photo, style, "-o", str(tmp_path / "out.png"), "--fast", *words]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_a_saved_style_goes_by_its_name(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from impasto.runtime import library

    monkeypatch.setattr(library, "library_folder", lambda: tmp_path / "styles")
    photo, style = map(str, files)
    assert main(["styles", "add", style, "--name", "waves"]) == 0
    assert main(["paint", "--fast", photo, "waves", "-o", str(tmp_path / "by-name.png")]) == 0
    assert main(["paint", "--fast", photo, style, "-o", str(tmp_path / "by-file.png")]) == 0
    by_name, by_file = (images.read(tmp_path / name).pixels for name in ("by-name.png", "by-file.png"))
    assert np.array_equal(by_name, by_file)
    assert main(["paint", photo, "waves", "-o", str(tmp_path / "online.png")]) == 2
    assert "waves" in capsys.readouterr().err


def test_a_signal_after_the_networks_are_gone_does_no_harm() -> None:
    code = (
        "import gc, signal, numpy as np; from impasto.runtime.fast import FastPainter; "
        "painter = FastPainter(); painter.embed(np.zeros((64, 64, 3), np.uint8)); del painter; gc.collect(); "
        "signal.signal(signal.SIGINT, lambda *_: None); signal.raise_signal(signal.SIGINT)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
