"""FastPainter: the network's own pastiche at any size, tiles without a seam, strength, blends, and no torch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from impasto.errors import InputError, WeightsError
from impasto.images import Picture
from impasto.runtime.embedding import StyleEmbedding
from impasto.runtime.fast import PATIENCE, FastPainter


def scene(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Waves of colour with some noise, H x W x 3 uint8."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / 60
    waves = [sum(np.sin(random.uniform(-4, 4) * x + random.uniform(-4, 4) * y + k) for k in range(4)) for _ in range(3)]
    values = 0.5 + 0.12 * np.stack(waves, -1) + 0.02 * random.normal(size=(height, width, 3))
    return (255 * values.clip(0, 1)).astype(np.uint8)


pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture(scope="module")
def painter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> FastPainter:
    with pytest.MonkeyPatch.context() as patch:  # `own_home` comes too late for what lives longer than a test
        patch.setenv("IMPASTO_HOME", str(tmp_path_factory.mktemp("home")))
        return FastPainter(tiny_model)


@pytest.fixture(scope="module")
def style(painter: FastPainter) -> StyleEmbedding:
    return painter.embed(scene(50, 70, seed=1), "waves.jpg")


@pytest.mark.parametrize("size", [(24, 24), (25, 31), (33, 517), (64, 1)])
def test_it_paints_what_pytorch_paints_at_any_size(painter: FastPainter, tiny_pair: tuple, size: tuple[int, int]) -> None:
    import torch

    network, encoder = tiny_pair
    photo, other = scene(*size), scene(50, 70, seed=1)
    pastiche = painter.paint(photo, other, 0.8)
    assert pastiche.shape == photo.shape
    assert pastiche.dtype == np.uint8
    assert np.abs(pastiche.astype(int) - photo).mean() > 4
    if min(size) < 16:
        return  # PyTorch cannot reflect so little; a size is all that can be asked for
    x, y = (torch.from_numpy(picture).permute(2, 0, 1)[None] / 255 for picture in (photo, other))
    with torch.no_grad():
        # Of the photo only the colours count; repeated, it is large enough for the encoder.
        told = network.told(x, encoder(x.repeat(1, 1, 2, 2), network.layers))
        wanted = network(x, told, network.told(y, encoder(y, network.layers)), torch.tensor([0.8]))
    wanted = 255 * wanted[0].clamp(0, 1).permute(1, 2, 0).numpy()
    difference = np.abs(pastiche - wanted)
    assert difference.max() < 4
    assert difference.mean() < 0.6


def test_sizes_that_differ_by_a_pixel_give_nearly_the_same(painter: FastPainter, style: StyleEmbedding) -> None:
    photo = scene(96, 96)
    whole = painter.paint(photo, style).astype(int)
    for size in range(89, 96):
        part = painter.paint(photo[:size, :size], style)
        assert part.shape == (size, size, 3)
        assert np.abs(part[:48, :48] - whole[:48, :48]).mean() < 12


def in_bfloat16(painter: FastPainter) -> bool:
    """Whether it paints so on this processor, which rounds to more than a level of 255."""
    return bool(painter._transfer._config["INFERENCE_PRECISION_HINT"] == "bf16")


@pytest.mark.parametrize("exact", [True, False])
def test_tiles_with_the_whole_pictures_statistics_leave_no_seam(
    exact: bool, tiny_model: Path, style: StyleEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = scene(300, 210)
    whole = FastPainter(tiny_model, exact=exact).paint(photo, style)
    tiled = FastPainter(tiny_model, direct_pixels=0, tile=64, exact=exact)
    # A picture below the thumbnail's size is enlarged for it; here its statistics shall be those of the picture itself.
    monkeypatch.setattr("impasto.runtime.fast.THUMBNAIL", 300)
    difference = np.abs(tiled.paint(photo, style).astype(int) - whole)
    # In bfloat16 rounding is no seam: it is the same where tiles meet as anywhere else.
    assert difference.mean() < 1
    assert difference.max() <= 1 or in_bfloat16(tiled)
    for across in (difference.mean((1, 2)), difference.mean((0, 2))):
        beside = np.minimum(np.arange(len(across)) % 64, -np.arange(len(across)) % 64) <= 1
        assert across[beside].mean() < 1.25 * across[~beside].mean() + 0.05


def test_tiles_with_a_thumbnails_statistics_stay_close(
    painter: FastPainter, tiny_model: Path, style: StyleEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = scene(300, 210)
    monkeypatch.setattr("impasto.runtime.fast.THUMBNAIL", 150)
    tiled = FastPainter(tiny_model, direct_pixels=0, tile=64).paint(photo, style)
    difference = np.abs(tiled.astype(int) - painter.paint(photo, style)).mean()
    assert 0 < difference < 25


def test_strength_zero_is_the_photo_and_little_is_near_it(painter: FastPainter, style: StyleEmbedding) -> None:
    photo = scene(64, 64)
    np.testing.assert_array_equal(painter.paint(photo, style, 0), photo)
    away = [np.abs(painter.paint(photo, style, strength).astype(int) - photo).mean() for strength in (0.01, 0.3, 1.0)]
    assert away[0] < 2
    assert away == sorted(away)
    for strength in (-0.1, 1.1, float("nan")):
        with pytest.raises(InputError, match="strength"):
            painter.paint(photo, style, strength)


def test_the_image_comes_back_in_its_own_kind(painter: FastPainter, style: StyleEmbedding) -> None:
    photo = scene(40, 48)
    wanted = painter.paint(photo, style)
    np.testing.assert_array_equal(painter.paint(photo.astype(np.uint16) * 257, style), wanted.astype(np.uint16) * 257)
    floats = painter.paint(photo.astype(np.float32) / 255, style)
    assert floats.dtype == np.float32
    np.testing.assert_allclose(floats, wanted / 255, atol=1e-6)
    batch = painter.paint(np.stack([photo, photo[::-1]]), style)
    np.testing.assert_array_equal(batch[0], wanted)
    with pytest.raises(InputError):
        painter.paint(photo[..., 0].astype(np.int64), style)


def test_blends_and_styles_by_picture(painter: FastPainter, style: StyleEmbedding) -> None:
    photo, other = scene(40, 48), Picture(scene(30, 20, seed=2))
    np.testing.assert_array_equal(
        painter.paint(photo, painter.blend([style, other], [0, 2])), painter.paint(photo, painter.embed(other))
    )
    both = painter.blend([style, other])
    np.testing.assert_allclose(both.vector, (style.vector + painter.embed(other).vector) / 2, rtol=1e-5)


def test_a_style_of_another_network_is_refused(painter: FastPainter, style: StyleEmbedding) -> None:
    foreign = StyleEmbedding(style.vector, style.mean, style.covariance, "another", "waves.jpg")
    with pytest.raises(InputError, match=r"waves\.jpg.*another network"):
        painter.paint(scene(40, 40), foreign)


def test_graphs_that_do_not_belong_together_are_refused(tiny_model: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    (tmp_path / "predict.onnx").write_bytes((tiny_model / "predict.onnx").read_bytes())
    for value, message in (("other", "different networks"), (None, "no networks that")):
        model = onnx.load(tiny_model / "transfer.onnx")
        kept = [entry for entry in model.metadata_props if entry.key != "model"]
        del model.metadata_props[:]
        model.metadata_props.extend(kept)
        if value:
            model.metadata_props.add(key="model", value=value)
        onnx.save(model, tmp_path / "transfer.onnx")
        with pytest.raises(WeightsError, match=message):
            FastPainter(tmp_path)


def test_a_prepared_size_is_not_compiled_again(tiny_model: Path, style: StyleEmbedding) -> None:
    painter = FastPainter(tiny_model)
    painter.prepare(45, 70)
    before = dict(painter._transfer._requests)
    painter.paint(scene(45, 70), style)
    assert dict(painter._transfer._requests) == before
    assert len(before) == 1


@pytest.mark.parametrize("exact", [True, False])
def test_a_small_size_gets_a_graph_of_its_own_after_some_photos_and_a_large_one_at_once(
    exact: bool, tiny_model: Path, style: StyleEmbedding
) -> None:
    painter = FastPainter(tiny_model, exact=exact)
    painter.prepare(45, 70, often=False)
    made = [painter.paint(scene(45, 70), style) for _ in range(PATIENCE)]
    assert list(painter._transfer._requests) == [()]
    difference = np.abs(made[0].astype(int) - painter.paint(scene(45, 70), style))
    assert difference.mean() < 1
    assert difference.max() <= 1 or in_bfloat16(painter)
    assert len(painter._transfer._requests) == 2
    large = FastPainter(tiny_model)
    large.paint(scene(1540, 1540), style)
    assert () not in large._transfer._requests


def test_an_embedding_does_not_depend_on_how_many_came_before(tiny_model: Path) -> None:
    painter = FastPainter(tiny_model)
    first, *_, last = (painter.embed(scene(40, 64)).vector for _ in range(PATIENCE + 1))
    assert np.array_equal(first, last)
    painter.prepare(128, 128)
    assert np.array_equal(painter.embed(scene(40, 64)).vector, first)


def test_no_torch_is_imported(tiny_model: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "photo.npy", scene(40, 40))
    code = (
        "import sys, pathlib, numpy\nfrom impasto.runtime.fast import FastPainter\nfrom impasto.runtime import library\n"
        f"photo = numpy.load({str(tmp_path / 'photo.npy')!r})\n"
        f"painter = FastPainter(pathlib.Path({str(tiny_model)!r}))\n"
        "painter.paint(photo, painter.embed(photo))\nsys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
