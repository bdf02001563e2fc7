"""The pool: lanes depend on seed, lane and step alone, however they are spread over processes and whenever a run begins."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from impasto.training.nested import join, pick
from impasto.training.pool import GivenStyles, Pool, StyleCrops, rounds_by
from impasto.training.settings import StylisationTraining
from impasto.training.stylisation import Batch, Stylisation

CPU = torch.device("cpu")


@pytest.fixture
def stylisation(encoder: Any, network: Any, quick: StylisationTraining) -> Stylisation:
    return Stylisation(encoder, network, quick)


def pool(stylisation: Stylisation, pictures: list[np.ndarray], lanes: range, workers: int = 0, **settings: Any) -> Pool:
    chosen = replace(stylisation.settings, **settings)
    return Pool(pictures[:3], StyleCrops(pictures[3:]), stylisation, chosen, lanes, CPU, workers)


def test_two_halves_hold_what_the_whole_does(stylisation: Stylisation, pictures: list[np.ndarray]) -> None:
    whole = pool(stylisation, pictures, range(4))
    halves = [pool(stylisation, pictures, range(2)), pool(stylisation, pictures, range(2, 4))]
    for step in (0, 1, 7):
        batch, parts = whole.draw(step), [half.draw(step) for half in halves]
        assert torch.equal(batch.photo, torch.cat([part.photo for part in parts]))
        told = [part.style_told["relu3_1 covariance"] for part in parts]
        assert torch.allclose(batch.style_told["relu3_1 covariance"], torch.cat(told), atol=1e-5)
        means = [part.style["texture"]["relu3_1"][0] for part in parts]
        assert torch.allclose(batch.style["texture"]["relu3_1"][0], torch.cat(means), atol=1e-5)


def test_a_pool_that_begins_late_draws_what_an_old_one_does(stylisation: Stylisation, pictures: list[np.ndarray]) -> None:
    old, workers = (pool(stylisation, pictures, range(2), workers=number) for number in (0, 2))
    for step in range(9):
        batch, by_workers = old.draw(step), workers.draw(step)
        assert torch.equal(batch.photo, by_workers.photo)
    late = pool(stylisation, pictures, range(2)).draw(8)
    for name in Batch.__dataclass_fields__:
        flat, other = ([*leaves(getattr(one, name))] for one in (batch, late))
        assert flat
        assert all(torch.equal(a, b) for a, b in zip(flat, other, strict=True))


def leaves(tree: Any) -> list[torch.Tensor]:
    if isinstance(tree, torch.Tensor):
        return [tree]
    return [leaf for part in (tree.values() if isinstance(tree, dict) else tree) for leaf in leaves(part)]


def test_rounds_come_quickly_at_first_and_never_fall_behind() -> None:
    counts = [rounds_by(step, 4) for step in range(40)]
    assert counts[:3] == [4, 5, 6]
    assert all(0 <= b - a <= 1 for a, b in pairwise(counts))
    assert counts[36] - counts[16] == 5


def test_given_styles_are_seen_whole_and_go_by_their_number(stylisation: Stylisation, pictures: list[np.ndarray]) -> None:
    styles = GivenStyles(pictures[:3])
    drawn = torch.stack([styles.draw([0, number], 64) for number in range(6)])
    told, representation = styles.encode(stylisation, drawn)
    assert torch.equal(told["number"], torch.eye(3)[drawn.flatten().long()])
    assert len(representation["texture"]["relu1_1"][0]) == 6
    assert drawn.unique().numel() > 1


def test_trees_are_cut_and_joined_by_picture() -> None:
    tree = {"a": (torch.arange(6).reshape(3, 2), torch.arange(3)), "b": [torch.ones(3, 1)]}
    again = join([pick(tree, number) for number in range(3)])
    assert torch.equal(again["a"][0], tree["a"][0])
    assert torch.equal(again["a"][1], tree["a"][1])
    assert isinstance(again["b"], list)
