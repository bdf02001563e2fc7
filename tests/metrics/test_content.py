"""Feature distance, self-similarity distance and CFSD."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.metrics import content


def maps(seed: int, *shape: int) -> Tensor:
    return torch.randn(1, *shape, generator=torch.Generator().manual_seed(seed))


def test_the_feature_distance_is_one_minus_the_correlation() -> None:
    photo, other = maps(0, 6, 8, 9), maps(1, 6, 8, 9)
    expected = (
        1
        - torch.stack(
            [torch.corrcoef(torch.stack(pair))[0, 1] for pair in zip(photo[0].flatten(1), other[0].flatten(1), strict=True)]
        ).mean()
    )
    assert content.feature_distances({"x": other}, {"x": photo})["x"] == pytest.approx(expected.item(), abs=1e-4)
    assert content.feature_distances({"x": photo}, {"x": photo})["x"] == pytest.approx(0, abs=1e-6)
    assert content.feature_distances({"x": -photo}, {"x": photo})["x"] == pytest.approx(2, abs=1e-3)


def test_contrast_and_colour_are_no_content() -> None:
    photo = maps(0, 6, 8, 9)
    repainted = photo * maps(1, 6, 1, 1).abs() + maps(2, 6, 1, 1)
    assert content.feature_distances({"x": repainted}, {"x": photo})["x"] == pytest.approx(0, abs=1e-3)


def test_self_similarity_is_the_divergence_of_its_definition() -> None:
    photo, other = maps(0, 4, 5, 6), maps(1, 4, 5, 6)
    likeness = []
    for feature in (photo, other):
        rows = feature[0].flatten(1).T
        rows = F.normalize(rows - rows.mean(0), dim=1)
        likeness.append(torch.softmax(rows @ rows.T / content.TEMPERATURE, 1))
    expected = (likeness[0] * (likeness[0] / likeness[1]).log()).sum(1).mean()
    assert content.self_similarity_distances({"x": other}, {"x": photo})["x"] == pytest.approx(expected.item(), rel=1e-4)


def test_self_similarity_does_not_mind_what_things_look_like() -> None:
    """A rotation of the features changes every one of them and none of their likenesses."""
    photo = maps(0, 4, 40, 40)
    turned = torch.einsum("dc,nchw->ndhw", torch.linalg.qr(maps(1, 4, 4)[0]).Q, photo)
    assert content.self_similarity_distances({"x": turned * 3}, {"x": photo})["x"] == pytest.approx(0, abs=1e-4)
    assert content.self_similarity_distances({"x": photo.flip(3)}, {"x": photo})["x"] > 0.1


def test_cfsd_is_what_the_published_program_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    photo, other = maps(0, 8, 6, 7).relu() * 5, maps(1, 8, 6, 7).relu() * 5
    rows = [x[0].flatten(1).T / 8 for x in (photo, other)]
    logs = [torch.log_softmax(x @ x.T, 1) for x in rows]
    expected = F.kl_div(logs[1].reshape(1, -1), logs[0].exp().reshape(1, -1), reduction="batchmean").item()
    assert content.cfsd(other, photo) == pytest.approx(expected, rel=1e-4)
    monkeypatch.setattr(content, "ROWS", 5)
    assert content.cfsd(other, photo) == pytest.approx(expected, rel=1e-4)
    assert content.cfsd(photo, photo) == 0
