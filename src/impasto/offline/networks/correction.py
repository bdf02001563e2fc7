"""How a style embedding is mended by what it paints: a picture is painted with it and looked at like the style image was.

From the style image alone it is hard to tell which embedding paints it best: what a first guess misses differs from style to
style. How far the statistics of what it paints are from the style's says more. To show a network where its guess led, in
place of an optimisation, is iterative amortised inference (Marino, Yue, Mandt, arXiv 1807.09356). What is painted is the same
small picture for every style, made by `leaves.py`.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from impasto.offline.networks.leaves import leaves

SIDE = 128
"""Pixels of the picture that is painted: the larger, the truer, and the longer it takes."""


class Correction(nn.Module):
    """From statistics wanted and found, and the embedding that led to what was found, to what the embedding lacks.

    channels: of the encoder's layers whose means and deviations the statistics are.
    """

    canvas: Tensor

    def __init__(self, channels: Sequence[int], embedding: int, hidden: int) -> None:
        super().__init__()
        self.channels = tuple(channels)
        self.register_buffer("canvas", torch.from_numpy(leaves(SIDE)[None]))
        self.inner = nn.Linear(2 * sum(channels), hidden)
        self.gate = nn.Linear(embedding, hidden)
        self.outer = nn.Linear(hidden, embedding)
        for layer in (self.gate, self.outer):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, wanted: Tensor, found: Tensor, embedding: Tensor) -> Tensor:
        """N x (twice the sum of C), what `summary.statistics` gives, twice, and N x E -> N x E."""
        hidden = self.inner(self.lacking(wanted, found)) * (1 + self.gate(embedding))
        lack: Tensor = self.outer(hidden)
        return lack

    def lacking(self, wanted: Tensor, found: Tensor) -> Tensor:
        """The difference, relative to each layer's energy in the style: as large as the objective counts it."""
        widths = [2 * count for count in self.channels]
        pairs = zip(torch.split(wanted, widths, 1), torch.split(found, widths, 1), strict=True)
        return torch.cat([(b - a) * (a.square().mean(1, keepdim=True) + 1e-6).rsqrt() for a, b in pairs], 1)
