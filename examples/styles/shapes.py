"""Flat shapes drawn large and reduced: for prints, inlays and leaded glass. Strokes with bristles are brush.py's."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from .field import Array, Points, brush_outline


class Inlay:
    """Flat shapes for gold and enamel: colour, and how far each stands above the ground. Drawn large, then reduced."""

    def __init__(self, shape: tuple[int, int], over: int = 2) -> None:
        self.scale = max(shape) * over
        self.shape = shape
        size = (shape[1] * over, shape[0] * over)
        self.colour, self.cover, self.height = Image.new("RGB", size), Image.new("L", size), Image.new("L", size)
        self.draws = [ImageDraw.Draw(image) for image in (self.colour, self.cover, self.height)]

    def fill(self, outline: Points, colour: Array, height: int = 0) -> None:
        """A polygon in a colour, `height` (0 to 255) above the ground."""
        points = [(a * self.scale, b * self.scale) for a, b in outline]
        tone: int | tuple[int, ...] = tuple(int(c) for c in np.clip(colour, 0, 1) * 255)
        values: tuple[int | tuple[int, ...], ...] = (tone, 255, height)
        for draw, value in zip(self.draws, values, strict=True):
            draw.polygon(points, fill=value)

    def line(self, path: Array, half: Array | float, colour: Array, height: int = 0) -> None:
        """A stroke along `path` (N x 2) with half-widths `half` (N, or one for all)."""
        self.fill(brush_outline(path, np.broadcast_to(np.asarray(half, np.float32), (len(path),))), colour, height)

    def oval(self, x: float, y: float, rx: float, ry: float, turn: float, colour: Array, height: int = 0) -> None:
        """A turned ellipse."""
        k = np.linspace(0, 2 * np.pi, 28)
        a, b = rx * np.cos(k), ry * np.sin(k)
        c, s = np.cos(turn), np.sin(turn)
        self.fill(list(zip((x + a * c - b * s).tolist(), (y + a * s + b * c).tolist(), strict=True)), colour, height)

    def arrays(self) -> tuple[Array, Array, Array]:
        """Colour (H x W x 3), cover and height (H x W)."""
        size = (self.shape[1], self.shape[0])
        images = (self.colour, self.cover, self.height)
        parts = [np.asarray(im.resize(size, Image.Resampling.BOX), np.float32) / 255 for im in images]
        return parts[0], parts[1], parts[2]
