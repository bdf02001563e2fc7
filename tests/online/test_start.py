"""Starting pictures, and the colour matching behind the default one."""

from pathlib import Path

import pytest
import torch

from impasto import images
from impasto.errors import InputError
from impasto.online.optimisation import Style
from impasto.online.settings import Settings
from impasto.online.start import colour_moments, match_colours, starting_picture


@pytest.fixture
def pair() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    mix = torch.tensor([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.0, 0.4, 0.6]])
    photo = 0.3 + 0.3 * torch.rand(1, 3, 20, 30, generator=generator)
    style = 0.25 + 0.4 * torch.einsum("ij,njhw->nihw", mix, torch.rand(1, 3, 25, 15, generator=generator))
    return photo, style


def test_matched_colours_have_the_styles_mean_and_covariance(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    photo, style = pair
    for ours, theirs in zip(colour_moments(match_colours(photo, style)), colour_moments(style), strict=True):
        assert torch.allclose(ours, theirs, atol=2e-3)


def test_matching_a_picture_to_itself_changes_nothing(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    assert torch.allclose(match_colours(pair[0], pair[0]), pair[0], atol=1e-5)


def test_the_named_starts(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    photo, style = pair
    styles = [Style(style)]
    assert torch.equal(starting_picture(Settings(init="content"), photo, styles), photo)
    assert (starting_picture(Settings(init="grey"), photo, styles) == 0.5).all()
    noise = [starting_picture(Settings(init="noise", seed=seed), photo, styles) for seed in (1, 1, 2)]
    assert torch.equal(noise[0], noise[1])
    assert not torch.equal(noise[0], noise[2])


def test_a_weak_style_recolours_the_start_less(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    photo, style = pair
    change = [
        (starting_picture(Settings(strength=s), photo, [Style(style)]) - photo).abs().mean().item() for s in (0.1, 0.5, 1.0)
    ]
    assert change[0] < change[1] < change[2]


def test_a_file_is_brought_to_size(pair: tuple[torch.Tensor, torch.Tensor], tmp_path: Path) -> None:
    photo, style = pair
    path = tmp_path / "start.png"
    images.write(images.Picture.from_array(torch.full((8, 8, 3), 0.2).numpy()), path)
    start = starting_picture(Settings(init=str(path)), photo, [Style(style)])
    assert start.shape == photo.shape
    assert torch.allclose(start, torch.tensor(0.2), atol=1 / 255)


def test_an_unknown_start_names_the_known_ones(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    with pytest.raises(InputError, match="match, content, noise, grey"):
        starting_picture(Settings(init="nosuch.png"), pair[0], [Style(pair[1])])
