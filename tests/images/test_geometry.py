"""`fit`: the longer side is exact and the aspect ratio as true as whole numbers allow."""

import random
from fractions import Fraction

import pytest

from impasto.errors import InputError
from impasto.images import fit


def _cases():
    draw = random.Random(20261121)
    for _ in range(2000):
        yield (draw.randint(1, 30000), draw.randint(1, 30000)), draw.randint(1, 20000)


def test_properties_on_many_sizes():
    for size, longer in _cases():
        width, height = fit(size, longer)
        assert max(width, height) == longer
        assert min(width, height) >= 1
        assert fit(size[::-1], longer) == (height, width), "turning the picture turns the result"
        exact = Fraction(min(size) * longer, max(size))
        assert abs(min(width, height) - max(exact, 1)) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("size", "longer", "expected"),
    [
        ((4000, 3000), 512, (512, 384)),
        ((3000, 4000), 512, (384, 512)),
        ((100, 50), 1000, (1000, 500)),
        ((20000, 1), 512, (512, 1)),
        ((7, 7), 3, (3, 3)),
        ((123, 456), "full", (123, 456)),
        ((2, 1), 1, (1, 1)),
    ],
)
def test_examples(size, longer, expected):
    assert fit(size, longer) == expected


@pytest.mark.parametrize("longer", [0, -5, 1.5, "big", True, float("nan"), float("inf"), None])
def test_no_size_is_refused(longer):
    with pytest.raises(InputError, match="positive whole number"):
        fit((4, 3), longer)


def test_a_picture_without_size_is_refused():
    with pytest.raises(InputError, match="at least 1"):
        fit((0, 3), 5)
