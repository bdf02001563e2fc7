"""What every registered texture model must do; the mathematics of each is in a file of its own."""

from typing import Any

import pytest
import torch

from impasto import texture
from impasto.errors import InputError
from impasto.texture.base import PIXELS

SMALL = 1e-4
Maps = dict[str, torch.Tensor]


def beside(left: Maps, right: Maps) -> Maps:
    return {layer: torch.cat([left[layer], right[layer]], 3) for layer in left}


def left_half(width: int = 24) -> torch.Tensor:
    mask = torch.zeros(1, 1, 12, width)
    mask[..., : width // 2] = 1
    return mask


def mask_for(shown: Any, mask: torch.Tensor) -> torch.Tensor:
    """At the size of the pixels where the model reads those alone, as in a painting."""
    if shown.model.reads != PIXELS:
        return mask
    return mask.repeat_interleave(4, 2).repeat_interleave(4, 3)


def gradients(shown: Any, seen: Maps, target: Any, mask: torch.Tensor | None = None) -> Maps:
    inputs = {layer: f.clone().requires_grad_(True) for layer, f in seen.items()}
    found = torch.autograd.grad(shown.model.distance(inputs, target, mask).sum(), list(inputs.values()), allow_unused=True)
    return {layer: torch.zeros_like(seen[layer]) if g is None else g for layer, g in zip(inputs, found, strict=True)}


def rows_kept(representation: Any) -> int:
    """Of the largest pool in a representation."""
    if isinstance(representation, torch.Tensor):
        return representation.shape[0] if representation.dim() else 0
    parts = representation.values() if isinstance(representation, dict) else representation
    return max(map(rows_kept, parts))


def test_distance_is_zero_at_the_target_and_positive_elsewhere(shown: Any) -> None:
    assert abs(shown.distance(shown.features(0), shown.features(0))) < SMALL
    assert shown.distance(shown.features(1), shown.features(0)) > 1e-2


def test_gradient_agrees_with_differences(shown: Any) -> None:
    """Of all that the model reads at once; float32 inside, hence the tolerance."""
    seen = shown.features(1)
    target = shown.model.refresh(seen, shown.model.represent(shown.features(0)))
    gradient = gradients(shown, seen, target)
    size = sum(g.square().sum() for g in gradient.values()) ** 0.5
    step = 3e-3 / size
    after, before = (
        shown.model.distance({layer: f + sign * step * gradient[layer] for layer, f in seen.items()}, target).item()
        for sign in (1, -1)
    )
    assert after - before == pytest.approx(6e-3 * size.item(), rel=0.03)


def test_gradient_is_finite_at_the_target_and_where_nothing_fires(shown: Any) -> None:
    target = shown.model.represent(shown.features(0))
    empty = {layer: torch.full_like(f, 0.5 if layer == PIXELS else 0) for layer, f in shown.features(0).items()}
    for seen in (shown.features(0), empty):
        assert all(torch.isfinite(g).all() for g in gradients(shown, seen, target).values())


def test_a_mask_selects_a_part_of_the_pastiche_and_of_the_style(shown: Any) -> None:
    left, right = shown.features(0), shown.features(1)
    both = beside(left, right)
    mask = mask_for(shown, left_half())
    # Hypercolumns, patches and the pyramid's filters look a little past a mask's edge.
    assert shown.distance(both, left, mask) < 0.3 * shown.distance(both, left, 1 - mask)
    masked = shown.model.represent(both, mask)
    same, other = (shown.model.distance(seen, masked).item() for seen in (left, right))
    assert same < 0.1 * other
    assert other == pytest.approx(shown.distance(right, left), rel=0.4)


def test_what_is_outside_a_mask_has_no_gradient(shown: Any) -> None:
    both = beside(shown.features(1), shown.features(2))
    gradient = gradients(shown, both, shown.model.represent(shown.features(0)), mask_for(shown, left_half()))
    for layer, g in gradient.items():
        beyond = g.shape[3] // 2 + g.shape[3] // 8
        inside, outside = g[..., : g.shape[3] // 2].abs(), g[..., beyond:].abs()
        assert inside.max() > 0
        # The pyramid's filters fade with distance, round the border too; everything else ends.
        assert outside.mean() <= (0.1 * inside.mean() if shown.model.reads == PIXELS else 0), layer


def test_a_mask_of_one_value_is_no_mask(shown: Any) -> None:
    seen, target = shown.features(1), shown.features(0)
    half = mask_for(shown, torch.full((1, 1, 12, 12), 0.5))
    assert shown.distance(seen, target, half) == pytest.approx(shown.distance(seen, target), rel=1e-2)


def test_a_blend_with_all_weight_on_one_style_is_that_style(shown: Any) -> None:
    pair = [shown.model.represent(shown.features(seed)) for seed in (0, 1)]
    for number, weights in ((0, [1.0, 0.0]), (1, [0.0, 1.0])):
        blended, alone = (
            shown.model.distance(shown.features(2), r).item() for r in (shown.model.blend(pair, weights), pair[number])
        )
        assert blended == pytest.approx(alone, rel=2e-2)


def test_a_blend_lies_between(shown: Any) -> None:
    first, pair = shown.features(0), [shown.model.represent(shown.features(seed, width)) for seed, width in ((0, 12), (1, 16))]
    middle = shown.model.distance(first, shown.model.blend(pair, [0.5, 0.5])).item()
    assert SMALL < middle < shown.model.distance(first, pair[1]).item()


def test_views_of_one_style_are_merged_and_nothing_thinned(shown: Any) -> None:
    parts = [shown.model.represent(shown.features(seed)) for seed in (0, 1)]
    merged, other = shown.model.merge(parts), shown.features(2)
    for seed, without in ((0, parts[1]), (1, parts[0])):
        seen = shown.features(seed)
        assert shown.model.distance(seen, merged).item() < shown.model.distance(seen, without).item()
    alone, again = (shown.model.distance(other, r).item() for r in (shown.model.merge(parts[:1]), parts[0]))
    assert alone == pytest.approx(again)
    if shown.model.pools:
        assert rows_kept(merged) == sum(map(rows_kept, parts))


def test_layer_weights_choose_among_the_layers(shown: Any) -> None:
    if shown.model.reads == PIXELS:
        pytest.skip("it reads no layers")
    seen, target = shown.features(1), shown.features(0)
    equal = shown.distance(seen, target)
    shown.model.layer_weights = {"relu1_1": 5.0, "relu2_1": 5.0}
    assert shown.distance(seen, target) == pytest.approx(equal)
    shown.model.layer_weights = {"relu1_1": 3.0}
    gradient = gradients(shown, seen, shown.model.represent(target))
    assert gradient["relu1_1"].abs().max() > 0
    assert gradient["relu2_1"].abs().max() == 0
    shown.model.layer_weights = {"relu1_1": 9.0, "relu2_1": 1.0}
    assert abs(shown.distance(seen, target) - equal) > 1e-3


def test_a_batch_is_scored_picture_by_picture(shown: Any) -> None:
    one, two, target = shown.features(1), shown.features(2), shown.model.represent(shown.features(0))
    batch = {layer: torch.cat([one[layer], two[layer]]) for layer in one}
    alone = [shown.model.distance(f, target).item() for f in (one, two)]
    assert shown.model.distance(batch, target).tolist() == pytest.approx(alone, rel=2e-3)
    fixed = shown.model.refresh(batch, target)
    assert shown.model.distance(batch, fixed).tolist() == pytest.approx(alone, rel=2e-3)


def test_the_same_step_sees_the_same(shown: Any) -> None:
    found = []
    for step in (3, 4, 3):
        model = shown.fresh()
        target = model.represent(shown.features(0, 200))
        model.begin_step(step)
        found.append(model.distance(shown.features(1, 200), target).item())
    assert found[0] == found[2]
    assert (found[0] != found[1]) == shown.model.samples


def test_an_unknown_model_is_said_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="did you mean 'covariance'"):
        texture.create("covarianse")
