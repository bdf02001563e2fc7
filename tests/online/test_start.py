"""Starting pictures."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from impasto import encoders, images, texture  # noqa: E402
from impasto.errors import InputError  # noqa: E402
from impasto.images import Picture  # noqa: E402
from impasto.images.picture import FloatPixels  # noqa: E402
from impasto.online import start as beginning  # noqa: E402
from impasto.online.preparation import prepare, resolve  # noqa: E402
from impasto.online.regions import Region  # noqa: E402
from impasto.online.settings import Settings  # noqa: E402
from impasto.online.start import starting_picture  # noqa: E402

SMALLEST = (15, 10)
STYLE = Picture(np.random.default_rng(1).integers(120, 220, (25, 15, 3), np.uint8))
REGIONS = [Region(STYLE, 1.0)]


@pytest.fixture
def photo() -> FloatPixels:
    return np.random.default_rng(0).uniform(0.3, 0.6, (20, 30, 3)).astype(np.float32)


def start(photo: FloatPixels | None, **settings: object) -> np.ndarray:
    """H x W x 3."""
    image = starting_picture(Settings(**settings), photo, REGIONS, SMALLEST)  # type: ignore[arg-type]
    assert image.shape[:2] == (1, 3)
    return np.asarray(image[0].permute(1, 2, 0))


def test_the_named_starts(photo: FloatPixels) -> None:
    assert np.array_equal(start(photo, init="content"), photo)
    assert (start(photo, init="grey") == 0.5).all()
    noise = [start(photo, init="noise", seed=seed) for seed in (1, 1, 2)]
    assert np.array_equal(noise[0], noise[1])
    assert not np.array_equal(noise[0], noise[2])


def test_noise_is_drawn_at_the_first_levels_size_so_that_shrinking_does_not_smooth_it(photo: FloatPixels) -> None:
    noise = start(photo, init="noise")
    assert noise.shape == (10, 15, 3)
    assert 0.1 < noise.std() < 0.2


def test_the_photo_in_the_styles_colours(photo: FloatPixels) -> None:
    assert np.allclose(start(photo, init="match").mean((0, 1)), STYLE.pixels.mean((0, 1)) / 255, atol=0.01)
    change = [np.abs(start(photo, init="match", strength=strength) - photo).mean() for strength in (0.1, 0.5, 1.0)]
    assert change[0] < change[1] < change[2]


def test_without_a_photo_noise_in_the_styles_colours() -> None:
    noise = start(None, init="match")
    assert noise.shape == (10, 15, 3)
    assert np.allclose(noise.mean((0, 1)), STYLE.pixels.mean((0, 1)) / 255, atol=0.02)
    assert np.allclose(noise.std((0, 1)), STYLE.pixels.std((0, 1)) / 255, atol=0.03)


def test_what_the_fast_method_paints(photo: FloatPixels) -> None:
    from impasto.runtime.fast import FastPainter

    wide = np.tile(photo, (4, 4, 1))
    painted = FastPainter().paint(wide, STYLE)
    assert np.abs(start(wide, init="fast") - painted).mean() < 2 / 255
    assert np.allclose(start(wide, init="fast", strength=0.0), wide, atol=1 / 255)


def test_a_large_photos_start_is_painted_small(photo: FloatPixels, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = np.tile(photo, (4, 4, 1))
    whole = start(wide, init="fast")
    monkeypatch.setattr(beginning, "GROUND", 60)
    small = start(wide, init="fast")
    assert small.shape == whole.shape
    assert np.abs(np.diff(small, axis=1)).mean() < np.abs(np.diff(whole, axis=1)).mean()


@pytest.mark.fast_start
def test_a_painting_begins_with_the_fast_method_and_a_texture_with_noise() -> None:
    encoder, model = encoders.load("slim"), texture.create("moments")
    assert resolve(Settings(), encoder.descriptor, model).init == "fast"
    prepared = prepare(Settings(texture="moments", size=64), None, [STYLE.resized(50, 80)], (64, 48), encoder)
    assert prepared.image.std() > 0.05


def test_a_file_may_have_any_size(photo: FloatPixels, tmp_path: Path) -> None:
    path = tmp_path / "start.png"
    images.write(images.Picture.from_array(np.full((8, 9, 3), 0.2)), path)
    assert np.allclose(start(photo, init=str(path)), 0.2, atol=1 / 255)


def test_an_unknown_start_names_the_known_ones(photo: FloatPixels) -> None:
    with pytest.raises(InputError, match="match, content, noise, grey"):
        start(photo, init="nosuch.png")
    with pytest.raises(InputError, match="--init content needs a photo"):
        start(None, init="content")
