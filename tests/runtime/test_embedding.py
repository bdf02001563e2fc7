"""Style embeddings: files, damage, blends."""

from pathlib import Path

import numpy as np
import pytest

from impasto.errors import ImpastoError, InputError, WeightsError
from impasto.runtime.embedding import StyleEmbedding, blend


def style(seed: int, model: str = "m") -> StyleEmbedding:
    random = np.random.default_rng(seed)
    root = random.normal(size=(3, 3))
    return StyleEmbedding(random.normal(size=8).astype(np.float32), random.random(3), root @ root.T, model, f"{seed}.jpg")


def test_a_saved_style_comes_back_in_a_small_file(tmp_path: Path) -> None:
    kept = style(1)
    kept.save(tmp_path / "a.safetensors")
    found = StyleEmbedding.load(tmp_path / "a.safetensors")
    for part in ("vector", "mean", "covariance"):
        np.testing.assert_array_equal(getattr(found, part), getattr(kept, part))
    assert (found.model, found.source) == ("m", "1.jpg")
    assert (tmp_path / "a.safetensors").stat().st_size < 2000


@pytest.mark.parametrize("damage", ["empty", "junk", "cut", "header", "nan", "huge", "missing"])
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, damage: str) -> None:
    path, kept = tmp_path / "a.safetensors", style(1)
    data = kept.to_bytes()
    if damage == "nan":
        kept.mean[0] = np.nan
        data = kept.to_bytes()
    contents = {
        "empty": b"",
        "junk": b"junk" * 99,
        "cut": data[:-8],
        "header": b"\xff" * 8 + data[8:],
        "huge": data + bytes(2**20),
    }
    if damage != "missing":
        path.write_bytes(contents.get(damage, data))
    with pytest.raises(ImpastoError, match=r"a\.safetensors") as caught:
        StyleEmbedding.load(path)
    assert isinstance(caught.value, InputError if damage == "missing" else WeightsError)
    assert "\n" not in str(caught.value)


def test_a_blend_lies_between_by_its_weights() -> None:
    a, b = style(1), style(2)
    mixed = blend([a, b], [3, 1])
    np.testing.assert_allclose(mixed.vector, 0.75 * a.vector + 0.25 * b.vector, rtol=1e-6)
    np.testing.assert_allclose(mixed.covariance, 0.75 * a.covariance + 0.25 * b.covariance)
    np.testing.assert_allclose(blend([a, b], [1, 0]).mean, a.mean)
    np.testing.assert_allclose(blend([a, b]).mean, (a.mean + b.mean) / 2)


@pytest.mark.parametrize("weights", [[1], [-1, 2], [0, 0], [1, float("nan")]])
def test_weights_that_mean_nothing_are_refused(weights: list[float]) -> None:
    with pytest.raises(InputError):
        blend([style(1), style(2)], weights)


def test_styles_of_two_networks_do_not_blend() -> None:
    with pytest.raises(InputError, match="different networks"):
        blend([style(1), style(2, model="n")])
