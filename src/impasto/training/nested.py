"""Tensors within tuples, lists and dicts, as texture and content models remember pictures: slicing and joining by picture.

Every tensor in such a tree has the pictures as its first dimension.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

Tree = Any


def pick(tree: Tree, picture: int) -> Tree:
    """The part of one picture, its first dimension kept."""
    if isinstance(tree, Tensor):
        return tree[picture : picture + 1]
    if isinstance(tree, Mapping):
        return {key: pick(value, picture) for key, value in tree.items()}
    return type(tree)(pick(value, picture) for value in tree)


def join(trees: Sequence[Tree]) -> Tree:
    """One tree of the pictures of all, which are alike in form."""
    first = trees[0]
    if isinstance(first, Tensor):
        # A picture whose memory order is channels-last keeps it.
        return torch.cat(list(trees))
    if isinstance(first, Mapping):
        return {key: join([tree[key] for tree in trees]) for key in first}
    return type(first)(join(parts) for parts in zip(*trees, strict=True))
