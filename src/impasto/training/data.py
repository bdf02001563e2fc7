"""Pictures for training: a folder or list of files held in memory as bytes, and random crops of them by step number.

A batch depends on (seed, step) alone and a single crop on its key, so a resumed run sees what the unbroken one would have
seen. Knows nothing of networks or losses.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.training import procedural

Pixels = np.ndarray  # H x W x 3 uint8


@dataclass(frozen=True)
class Augmentation:
    """How a crop is drawn.

    scale: the crop covers this share of the picture's shorter side, drawn evenly between the two numbers.
    jitter: largest relative change of brightness, contrast and saturation.
    noise: share of crops that get white noise, of a standard deviation up to 0.3.
    mix: share of crops that are blended with another crop of the batch, so that unfinished pastiches look familiar.
    hue: share of crops whose colours are turned around the grey axis by any angle.
    procedural: share of crops that are painted by `procedural.py` instead.
    plain: share of crops of which only a part remains, on an even ground, as in photos of a product or of a face.
    """

    scale: tuple[float, float] = (0.35, 1.0)
    jitter: float = 0.3
    noise: float = 0.25
    mix: float = 0.15
    hue: float = 0
    procedural: float = 0
    plain: float = 0


def as_batch(pixels: Pixels) -> Tensor:
    """H x W x 3 uint8 -> 1 x 3 x H x W in [0, 1], channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float().div(255)


def random_crop(pixels: Pixels, size: int, scale: tuple[float, float], rng: np.random.Generator) -> Tensor:
    """One square crop, resized to 3 x size x size in [0, 1], mirrored half of the time."""
    height, width = pixels.shape[:2]
    side = max(8, int(min(height, width) * rng.uniform(*scale)))
    top, left = rng.integers(height - side + 1), rng.integers(width - side + 1)
    crop = pixels[top : top + side, left : left + side]
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    tensor = torch.from_numpy(np.ascontiguousarray(crop)).permute(2, 0, 1)[None].float().div(255)
    return F.interpolate(tensor, (size, size), mode="bilinear", antialias=True, align_corners=False)[0].clamp(0, 1)


def jitter_colours(image: Tensor, amount: float, rng: np.random.Generator) -> Tensor:
    """Brightness, contrast and saturation of a 3 x H x W picture changed by up to `amount` each."""
    brightness, contrast, saturation = 1 + rng.uniform(-amount, amount, 3)
    grey = image.mean(0, keepdim=True)
    image = grey + (image - grey) * float(saturation)
    mean = image.mean()
    return ((mean + (image - mean) * float(contrast)) * float(brightness)).clamp(0, 1)


def turn_hue(image: Tensor, angle: float) -> Tensor:
    """A 3 x H x W picture with its colours turned around the grey axis by `angle` (radians), clipped to [0, 1]."""
    cosine, sine = math.cos(angle), math.sin(angle) / math.sqrt(3)
    a, b, c = cosine + (1 - cosine) / 3, (1 - cosine) / 3 - sine, (1 - cosine) / 3 + sine
    rotation = torch.tensor([[a, b, c], [c, a, b], [b, c, a]])
    return torch.einsum("ij,jhw->ihw", rotation, image).clamp(0, 1)


def on_plain_ground(image: Tensor, rng: np.random.Generator) -> Tensor:
    """A 3 x H x W picture of which only a part remains, between a diamond and a box in shape; half of the grounds are white."""
    height, width = image.shape[-2:]
    across, down, wide, high = (float(value) for value in rng.uniform((0.3, 0.3, 0.15, 0.15), (0.7, 0.7, 0.45, 0.45)))
    x = (torch.linspace(0, 1, width) - across).abs() / wide
    y = (torch.linspace(0, 1, height) - down).abs() / high
    power = float(rng.uniform(1, 5))
    inside = (8 / float(rng.uniform(0.05, 1)) * (1 - x[None] ** power - y[:, None] ** power)).sigmoid()
    colour = torch.full((3, 1, 1), 0.97) if rng.random() < 0.5 else torch.from_numpy(rng.random((3, 1, 1), np.float32))
    ground = colour * (1 - float(rng.uniform(0, 0.3)) * torch.linspace(0, 1, height)[:, None])
    return torch.lerp(ground.expand_as(image), image, inside)


def draw_crop(pictures: Sequence[Pixels], size: int, key: Sequence[int], augmentation: Augmentation) -> Tensor:
    """3 x size x size: the one crop that `key` decides, whatever else is drawn; without `noise` and `mix`."""
    rng = np.random.default_rng(key)
    if augmentation.procedural and rng.random() < augmentation.procedural:
        return torch.from_numpy(procedural.paint(size, rng)).permute(2, 0, 1).float().div(255)
    crop = random_crop(pictures[int(rng.integers(len(pictures)))], size, augmentation.scale, rng)
    crop = jitter_colours(crop, augmentation.jitter, rng)
    if augmentation.hue and rng.random() < augmentation.hue:
        crop = turn_hue(crop, float(rng.uniform(0, 2 * math.pi)))
    return on_plain_ground(crop, rng) if augmentation.plain and rng.random() < augmentation.plain else crop


def batch_of_crops(
    pictures: Sequence[Pixels], count: int, size: int, seed: int, step: int, augmentation: Augmentation | None = None
) -> Tensor:
    """count x 3 x size x size: the batch of step `step`, the same for (seed, step); without `hue`, `procedural`, `plain`."""
    augmentation = augmentation or Augmentation()
    rng = np.random.default_rng([seed, step])
    crops = []
    for index in rng.integers(len(pictures), size=count):
        crop = random_crop(pictures[index], size, augmentation.scale, rng)
        crops.append(jitter_colours(crop, augmentation.jitter, rng))
    batch = torch.stack(crops)
    for i in range(count):
        if rng.random() < augmentation.mix:
            share = float(rng.uniform(0.2, 0.8))
            batch[i] = share * batch[i] + (1 - share) * batch[(i + 1) % count]
        if rng.random() < augmentation.noise:
            noise = rng.standard_normal(batch[i].shape, dtype=np.float32) * rng.uniform(0, 0.3)
            batch[i] = (batch[i] + torch.from_numpy(noise)).clamp(0, 1)
    return batch


def find_files(folders: Sequence[Path], excluded: frozenset[str] = frozenset()) -> list[Path]:
    """Picture files in folders (searched recursively) or named directly, sorted, without those whose name is excluded."""
    from impasto import images

    files: list[Path] = []
    for folder in folders:
        found = sorted(folder.rglob("*")) if folder.is_dir() else [folder]
        files += [file for file in found if images.is_picture_file(file) and file.name not in excluded]
    return files
