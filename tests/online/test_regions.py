"""Styles, weights and masks: who paints what, and how much it counts."""

from pathlib import Path

import numpy as np
import pytest

from impasto.errors import InputError
from impasto.images import Picture
from impasto.images.masks import Mask
from impasto.online.regions import covered, recolour_photo, recolour_styles, regions_of
from impasto.online.settings import Settings

SIZE = (12, 8)
PHOTO = Picture(np.full((16, 24, 3), 100, np.uint8))
STYLES = [Picture(np.random.default_rng(0).integers(low, low + 70, (10, 10, 3), np.uint8)) for low in (20, 110)]


def half(left: bool) -> Mask:
    values = np.zeros((16, 24), np.float32)
    values[:, :12] = 1
    return Mask(values if left else 1 - values)


def quarter() -> Mask:
    values = np.zeros((8, 12), np.float32)
    values[:4, :6] = 1
    return Mask(values)


def test_without_masks_shares_sum_to_one() -> None:
    regions = regions_of(Settings(style_weights=(1, 3)), PHOTO, STYLES, [], SIZE)
    assert [region.share for region in regions] == [0.25, 0.75]
    assert [region.where for region in regions] == [None, None]
    assert covered(regions) is None


def test_each_style_has_its_region_and_counts_by_its_area() -> None:
    regions = regions_of(Settings(), PHOTO, STYLES, [(quarter(), None), (half(False), None)], SIZE)
    assert [region.share for region in regions] == pytest.approx([0.25, 0.5], rel=0.03)
    assert regions[0].where is not None
    assert regions[0].where.shape == (8, 12)
    cover = covered(regions)
    assert cover is not None
    assert cover.mean() == pytest.approx(0.75, rel=0.03)


def test_one_style_serves_several_regions_from_its_parts() -> None:
    part = Mask(np.eye(10, dtype=np.float32))
    regions = regions_of(Settings(), PHOTO, STYLES[:1], [(half(True), part), (half(False), None)], SIZE)
    assert [region.style for region in regions] == [STYLES[0], STYLES[0]]
    assert regions[0].part is part.values
    assert regions[1].part is None


def test_masks_that_overlap_share_the_pixels_as_styles_without_masks_do() -> None:
    everywhere = regions_of(Settings(style_weights=(1, 3)), PHOTO, STYLES, [(None, None), (None, None)], SIZE)
    assert [region.share for region in everywhere] == pytest.approx([0.25, 0.75])
    cover = covered(everywhere)
    assert cover is not None
    assert np.allclose(cover, 1)


def test_a_region_of_weight_0_is_left_as_the_photo_is() -> None:
    regions = regions_of(Settings(style_weights=(0, 1)), PHOTO, STYLES, [(half(True), None), (half(False), None)], SIZE)
    assert [region.style for region in regions] == [STYLES[1]]
    cover = covered(regions)
    assert cover is not None
    assert cover[:, :5].max() == 0


@pytest.mark.parametrize(
    ("masks", "said"),
    [
        ([(half(True), None)], "1 pair(s) of masks for 2 styles; give --mask once for each style"),
        ([(half(True), None)] * 3, "3 pair(s) of masks for 2 styles"),
        ([(Mask(np.ones((9, 9), np.float32)), None)] * 2, "the mask is 9 x 9 pixels and the photo 24 x 16"),
        ([(None, half(True))] * 2, "the mask is 24 x 16 pixels and style 1 10 x 10"),
    ],
)
def test_masks_that_do_not_fit(masks: list[tuple[Mask | None, Mask | None]], said: str) -> None:
    with pytest.raises(InputError) as caught:
        regions_of(Settings(), PHOTO, STYLES, masks, SIZE)
    assert said in str(caught.value)


def test_a_mask_that_does_not_fit_is_called_by_its_name() -> None:
    mask = Mask(np.ones((9, 9), np.float32), Path("sky.png"))
    with pytest.raises(InputError, match=r"mask 'sky\.png' is 9 x 9"):
        regions_of(Settings(), PHOTO, STYLES[:1], [(mask, None)], SIZE)


@pytest.mark.parametrize("weights", [(1.0,), (1.0, 2.0, 3.0)])
def test_as_many_weights_as_styles(weights: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match=rf"gives {len(weights)} weight\(s\) for 2 style\(s\)"):
        regions_of(Settings(style_weights=weights), PHOTO, STYLES, [], SIZE)


def test_a_region_is_recoloured_and_the_rest_is_not() -> None:
    photo = np.random.default_rng(3).random((8, 12, 3)).astype(np.float32)
    regions = regions_of(Settings(), PHOTO, STYLES[:1], [(half(True), None)], SIZE)
    recoloured = recolour_photo(photo, regions)
    assert np.allclose(recoloured[:, 7:], photo[:, 7:], atol=1e-6)
    assert np.allclose(recoloured[:, :5].mean((0, 1)), STYLES[0].pixels.mean((0, 1)) / 255, atol=0.05)
    assert np.array_equal(recolour_photo(photo, regions, 0), photo)


def test_styles_take_the_colours_of_their_regions() -> None:
    photo = np.zeros((8, 12, 3), np.float32)
    photo[:, :6], photo[:, 6:] = (0.7, 0.3, 0.3), (0.2, 0.4, 0.8)
    regions = regions_of(Settings(), PHOTO, STYLES, [(half(True), None), (half(False), None)], SIZE)
    means = [region.style.pixels.mean((0, 1)) / 65535 for region in recolour_styles(regions, photo)]
    assert np.allclose(means, [(0.7, 0.3, 0.3), (0.2, 0.4, 0.8)], atol=0.03)
