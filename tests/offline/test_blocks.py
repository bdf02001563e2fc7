"""Convolutions on blocks give the numbers of those that they stand for."""

import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.offline.blocks import after_doubling, between_blocks, rows_after_doubling, rows_of_pairs, strided
from impasto.offline.serving import interleaved


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(len(shape)), dtype=torch.float64)


def blocks(x: Tensor) -> Tensor:
    """Blocks of 2 x 2 pixels as channels in the order (row, column, channel)."""
    count, channels, height, width = x.shape
    parts = x.reshape(count, channels, height // 2, 2, width // 2, 2).permute(0, 3, 5, 1, 2, 4)
    return parts.reshape(count, 4 * channels, height // 2, width // 2)


def test_a_convolution_after_doubling() -> None:
    x, kernel = drawn(2, 3, 6, 8), drawn(5, 3, 3, 3)
    wanted = F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), kernel, padding=1)
    got = F.conv2d(x, after_doubling(kernel).flatten(0, 1), padding=1)
    torch.testing.assert_close(got, blocks(F.pad(wanted, (1, 1, 1, 1))) + outside(got, wanted))


def outside(got: Tensor, wanted: Tensor) -> Tensor:
    """What `got` holds beyond the picture, where nobody looks."""
    inside = blocks(F.pad(torch.ones_like(wanted), (1, 1, 1, 1)))
    return got * (1 - inside)


def test_two_convolutions_between_blocks_lead_back_to_whole_ones() -> None:
    x, first, second = drawn(1, 3, 8, 12), drawn(4, 3, 3, 3), drawn(2, 4, 3, 3)
    once = F.conv2d(blocks(x), between_blocks(first), padding=1)
    twice = F.conv2d(once, between_blocks(second))
    wanted = blocks(F.conv2d(F.conv2d(x, first, padding=1), second, padding=1))
    inner = (..., slice(1, -1), slice(1, -1))
    torch.testing.assert_close(twice[inner], wanted[inner])


def pairs(x: Tensor) -> Tensor:
    """Pairs of neighbours in a row as channels in the order (column, channel)."""
    count, channels, height, width = x.shape
    return x.reshape(count, channels, height, width // 2, 2).permute(0, 4, 1, 2, 3).reshape(count, -1, height, width // 2)


def test_a_strided_convolution() -> None:
    x, kernel = drawn(1, 3, 8, 12), drawn(4, 3, 3, 3)
    got = F.conv2d(pairs(x), strided(kernel), stride=(2, 1))
    torch.testing.assert_close(got, F.conv2d(x[..., 1:, 1:], kernel, stride=2))


def test_a_convolution_after_doubling_in_rows_and_one_beside_it() -> None:
    x, kernel, y, small = drawn(2, 3, 6, 8), drawn(5, 3, 3, 3), drawn(2, 4, 12, 16), drawn(5, 4, 1, 1)
    even, odd = rows_after_doubling(kernel)
    rows = [F.conv2d(F.pad(x, (1, 1, 1, 0)), even), F.conv2d(F.pad(x, (1, 1, 0, 1)), odd)]
    rows = [row + F.conv2d(y, beside, stride=2) for row, beside in zip(rows, rows_of_pairs(small), strict=True)]
    got = interleaved(*(row.permute(0, 2, 3, 1) for row in rows)).permute(0, 3, 1, 2)
    wanted = F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), kernel, padding=1) + F.conv2d(y, small)
    torch.testing.assert_close(got, wanted)
