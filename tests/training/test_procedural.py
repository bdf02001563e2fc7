"""Styles of our own: decided by the generator, in range, and of more than one kind and palette."""

import numpy as np
import pytest

from impasto.training import procedural


def test_the_generator_decides_everything() -> None:
    first, again, other = (procedural.paint(48, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("kind", [procedural.strokes, procedural.dots, procedural.facets, procedural.waves])
def test_each_kind_paints_several_colours_at_any_size(kind: object) -> None:
    assert callable(kind)
    for seed, size in enumerate((33, 64, 97)):
        rng = np.random.default_rng(seed)
        canvas = kind(size, procedural.palette(rng), rng)
        assert canvas.shape == (size, size, 3)
        assert canvas.min() >= 0
        assert canvas.max() <= 255
        assert canvas.std() > 3


def test_all_kinds_occur() -> None:
    pictures = [procedural.paint(32, np.random.default_rng(seed)) for seed in range(12)]
    assert {picture.dtype for picture in pictures} == {np.dtype(np.uint8)}
    middles = np.array([picture.mean((0, 1)) for picture in pictures])
    assert (middles.std(0) > 10).all()
