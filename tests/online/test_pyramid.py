"""The plan of levels: sizes, steps, edge cases."""

import itertools

import pytest

from impasto.online.preparation import coarsest_of
from impasto.online.pyramid import plan
from impasto.online.settings import Settings
from impasto.texture import create


@pytest.mark.parametrize("size", [(512, 384), (333, 512), (2048, 1365), (100, 90), (64, 64), (1, 900)])
@pytest.mark.parametrize("iterations", [1, 2, 3, 5, 17, 240])
def test_steps_sum_up_and_no_level_is_idle(size: tuple[int, int], iterations: int) -> None:
    levels = plan(size, 128, iterations)
    assert sum(level.steps for level in levels) == iterations
    assert all(level.steps >= 1 for level in levels)
    assert (levels[-1].width, levels[-1].height) == size
    assert all(a.width <= b.width and a.height <= b.height for a, b in itertools.pairwise(levels))


def test_levels_double_from_about_the_coarsest() -> None:
    assert [max(level.width, level.height) for level in plan((512, 384), 128, 100)] == [128, 256, 512]


def test_one_scale_when_the_coarsest_is_the_size() -> None:
    assert [(level.width, level.height, level.steps) for level in plan((512, 384), 512, 100)] == [(512, 384, 100)]


@pytest.mark.parametrize("size", [(640, 90), (2000, 33), (512, 384)])
def test_no_coarse_level_is_too_small_for_the_encoder(size: tuple[int, int]) -> None:
    levels = plan(size, 32, 200, least=32)
    assert all(min(level.width, level.height) >= 32 for level in levels)
    assert (levels[-1].width, levels[-1].height) == size


def test_levels_by_root_two() -> None:
    levels = plan((512, 384), 128, 1, ratio=2**0.5, each=(1000, 500))
    assert [level.width for level in levels] == [128, 181, 256, 362, 512]
    assert [level.steps for level in levels] == [1000, 500, 500, 500, 500]


def test_steps_of_each_level_do_not_depend_on_how_many_there_are() -> None:
    assert [level.steps for level in plan((512, 384), 512, 7, each=(1000, 500))] == [1000]
    assert [level.steps for level in plan((512, 384), 128, 7, each=(1, 2, 3, 4))] == [1, 2, 3]


def test_finer_ratios_spread_the_steps_over_more_levels() -> None:
    coarse, fine = plan((512, 384), 128, 300), plan((512, 384), 128, 300, ratio=2**0.5)
    assert sum(level.steps for level in fine) == 300
    assert len(fine) == 2 * len(coarse) - 1
    assert [level.steps for level in fine] == sorted((level.steps for level in fine), reverse=True)


@pytest.mark.parametrize(
    ("texture", "asked", "size", "sides"),
    [
        ("covariance", None, (512, 384), [128, 256, 512]),
        ("steerable", None, (1024, 384), [512, 1024]),
        ("steerable", None, (200, 150), [100, 200]),
        ("steerable", 64, (256, 192), [64, 128, 256]),
    ],
)
def test_a_model_that_sees_all_scales_at_once_begins_large(
    texture: str, asked: int | None, size: tuple[int, int], sides: list[int]
) -> None:
    settings = Settings(texture=texture, coarsest=asked)
    levels = plan(size, coarsest_of(settings, create(texture), size), 90)
    assert [max(level.width, level.height) for level in levels] == sides
