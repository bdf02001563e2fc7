"""From styles to targets: views, masks, regions and strength, and what every texture model paints of them."""

import pytest
import torch

from impasto import encoders, texture
from impasto.encoders.base import Encoder
from impasto.encoders.slim import Slim
from impasto.errors import InputError
from impasto.objective import Objective, StyleTarget, Weights
from impasto.online.optimisation import Optimisation, Style
from impasto.online.pyramid import Level
from impasto.online.targets import Views, places, resize_mask, rotated, style_targets

LAYERS = {"relu1_1": 1.0, "relu2_1": 1.0}
ANY = torch.rand(1, 3, 40, 60, generator=torch.Generator().manual_seed(0))


def noise(seed: int, colour: tuple[float, float, float], grain: tuple[int, int] = (1, 1)) -> torch.Tensor:
    """Speckle of one colour in grains of (height, width) pixels, 1 x 3 x 24 x 32."""
    grey = torch.rand(1, 1, 24 // grain[0], 32 // grain[1], generator=torch.Generator().manual_seed(seed))
    grey = torch.nn.functional.interpolate(grey, (24, 32))
    return torch.tensor(colour).view(1, 3, 1, 1) * (0.4 + 0.6 * grey)


def make(name: str, weights: Weights, encoder: Encoder | None = None) -> Objective:
    torch.manual_seed(0)
    encoder = (encoder or Slim({"1_1": 6, "1_2": 6, "2_1": 8})).eval().requires_grad_(False)
    return Objective(encoder, texture.create(name), {"relu2_1": 1.0}, LAYERS, weights)


def left_half(height: int = 24, width: int = 32) -> torch.Tensor:
    mask = torch.zeros(1, 1, height, width)
    mask[..., : width // 2] = 1
    return mask


@pytest.mark.parametrize("name", texture.MODELS)
def test_a_painting_of_two_regions_takes_each_ones_style(name: str) -> None:
    red, blue, region = noise(0, (0.9, 0.3, 0.1), (1, 8)), noise(1, (0.1, 0.3, 0.9), (8, 1)), left_half()
    styles = [Style(red, 0.5, region=region), Style(blue, 0.5, region=1 - region)]
    grey, objective = 0.5 + 0.05 * noise(2, (1, 1, 1)), make(name, Weights(0, 10, 0), encoders.load("slim"))
    painted = Optimisation(None, styles, grey, objective, [Level(32, 24, 20)], rate=0.05).run()
    for mask, own, other in ((region, red, blue), (1 - region, blue, red)):
        found = []
        for style in (own, other):
            objective.set_styles([StyleTarget(objective.represent_style(style), mask)])
            found.append(objective(painted, 99).style.item())
        assert found[0] < 0.9 * found[1]
    redness = painted[:, 0] - painted[:, 2]
    assert redness[..., 20:].mean() < -0.1 < 0.1 < redness[..., :12].mean()


@pytest.mark.parametrize("name", texture.MODELS)
def test_a_weaker_style_leaves_more_of_the_photo(name: str) -> None:
    photo, style, change = noise(3, (0.3, 0.7, 0.4)), noise(0, (0.9, 0.3, 0.1)), []
    # Up to 0.8 `contextual`, which draws other places at each step, drifts as far at one strength as at another.
    for strength in (0.2, 0.9 if name == "contextual" else 0.6, 1.0):
        objective = make(name, Weights(1, texture.create(name).gain, 0))
        work = Optimisation(photo, [Style(style)], photo, objective, [Level(32, 24, 30)], rate=0.03, strength=strength)
        change.append((work.run() - photo).abs().mean().item())
    assert change[0] < change[1] < change[2]


def test_a_model_that_pools_patches_is_pulled_to_both_and_not_to_a_pool_of_both() -> None:
    objective = make("mrf", Weights())
    targets = style_targets(objective, [Style(ANY, 0.4), Style(ANY, 0.6)], ANY, (40, 60), 0.75, Views())
    assert [target.share for target in targets] == pytest.approx([0.3, 0.45, 0.25])
    region = left_half(40, 60)
    *styles, own = style_targets(objective, [Style(ANY, region=region)], ANY, (40, 60), 0.75, Views())
    assert [styles[0].share, own.share] == pytest.approx([0.375, 0.125])
    assert torch.equal(own.mask, region)
    assert len(style_targets(make("gram", Weights()), [Style(ANY)], ANY, (40, 60), 0.75, Views())) == 1


def test_every_place_feels_the_same_pull_whatever_the_sizes_of_the_regions() -> None:
    small = torch.zeros(1, 1, 20, 20)
    small[..., :2] = 1
    (first, one), (second, two) = places([Style(ANY, 0.5, region=small), Style(ANY, 0.5, region=1 - small)], 20, 20)
    assert (one, two) == pytest.approx((0.1, 0.9))
    assert torch.equal(first + second, torch.ones(1, 1, 20, 20))
    assert places([Style(ANY, 0.3), Style(ANY, 0.7)], 20, 20) == [(None, 0.3), (None, 0.7)]


def test_where_regions_overlap_they_share_and_where_none_is_there_is_no_style() -> None:
    a, b = torch.tensor([1.0, 1.0, 0.0, 0.4]).view(1, 1, 1, 4), torch.tensor([0.0, 1.0, 0.0, 0.0]).view(1, 1, 1, 4)
    (first, _), (second, _) = places([Style(ANY, 0.75, region=a), Style(ANY, 0.25, region=b)], 1, 4)
    assert first.flatten().tolist() == pytest.approx([1, 0.75, 0, 0.4])
    assert second.flatten().tolist() == pytest.approx([0, 0.25, 0, 0])
    (everywhere, _), _ = places([Style(ANY, 0.5), Style(ANY, 0.5, region=b)], 1, 4)
    assert everywhere.flatten().tolist() == pytest.approx([1, 0.5, 1, 1])


def test_a_small_region_survives_the_coarse_levels() -> None:
    dot = torch.zeros(1, 1, 400, 400)
    dot[..., 203, 77] = 1
    assert resize_mask(dot, 25, 25).sum() > 0


@pytest.mark.parametrize("part", ["mask", "region"])
def test_a_black_mask_is_refused(part: str) -> None:
    with pytest.raises(InputError, match=f"the {part} of a style is all black"):
        Style(ANY, **{part: torch.zeros(1, 1, 9, 9)})


def test_views_are_turned_and_scaled_with_their_masks() -> None:
    mask = left_half(20, 30)
    views = Views((180, 0), (0.5, 2.0)).of(Style(ANY, scale=0.5, mask=mask), 60, 4)
    assert [tuple(image.shape[-2:]) for image, _ in views] == [(20, 30), (10, 15), (40, 60), (20, 30), (20, 30)]
    assert all(part.shape[-2:] == image.shape[-2:] for image, part in views)
    own, _, _, turned, same = views
    assert torch.allclose(turned[0], own[0].flip(2, 3), atol=1e-4)
    assert torch.allclose(turned[1], own[1].flip(2, 3), atol=1e-4)
    assert torch.allclose(same[0], own[0], atol=1e-4)
    assert len(Views().of(Style(ANY), 60, 4)) == 1


def test_more_views_mean_more_patches() -> None:
    objective = make("mrf", Weights())
    counts = []
    for views in (Views(), Views((90,), (0.5,))):
        (target,) = style_targets(objective, [Style(ANY)], None, (40, 60), 1.0, views)
        counts.append(len(target.representation["relu2_1"]["patches"]))
    assert counts == [600, 600 + 600 + 150]


def test_a_quarter_turn_keeps_shapes_round() -> None:
    y, x = torch.meshgrid(torch.arange(40.0) - 19.5, torch.arange(60.0) - 29.5, indexing="ij")
    bar = ((y.abs() < 3) & (x.abs() < 15)).float().expand(1, 3, 40, 60)
    upright = ((x.abs() < 3) & (y.abs() < 15)).float().expand(1, 3, 40, 60)
    assert (rotated(bar, 90) - upright).abs().mean() < 0.01


@pytest.mark.parametrize(("weights", "strength"), [(Weights(1, 1, 1), 1.0), (Weights(0, 1, 1), 0.5)])
def test_what_needs_a_photo_says_so(weights: Weights, strength: float) -> None:
    with pytest.raises(InputError, match="there is no content image"):
        Optimisation(None, [Style(ANY)], ANY, make("gram", weights), [Level(48, 40, 2)], strength=strength)
