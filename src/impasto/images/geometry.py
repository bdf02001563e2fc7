"""Sizes of pictures as whole numbers: which width and height a picture should get. No pixels here."""

from numbers import Integral
from typing import Literal

from impasto.errors import InputError


def fit(size: tuple[int, int], longer: int | Literal["full"]) -> tuple[int, int]:
    """Scale `size` (width, height) so that its longer side is exactly `longer` pixels.

    The shorter side is rounded to the nearest whole number (halves up) and is at least 1, so the aspect ratio is as exact
    as integers allow. Enlarging is allowed; `"full"` keeps the size. Raises InputError for anything but a positive whole
    number or `"full"`.
    """
    width, height = size
    if width < 1 or height < 1:
        raise InputError(f"a picture of {width} x {height} pixels has no size: both sides must be at least 1")
    if longer == "full":
        return width, height
    number: object = longer  # whatever a caller without type checks passed
    if isinstance(number, bool) or not isinstance(number, Integral) or longer < 1:
        raise InputError(f"the size must be a positive whole number of pixels or 'full', not {longer!r}")
    if width >= height:
        return longer, _scaled(height, longer, width)
    return _scaled(width, longer, height), longer


def _scaled(shorter: int, new_longer: int, longer: int) -> int:
    """`shorter * new_longer / longer`, rounded halves up in integer arithmetic, at least 1."""
    return max(1, (2 * shorter * new_longer + longer) // (2 * longer))
