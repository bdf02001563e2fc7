"""Pairs of photo and style that are never learned from: the objective on them, and their pastiches on one sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from impasto.errors import InputError
from impasto.images.paths import shown
from impasto.images.picture import Picture
from impasto.images.sheets import Cell, Row, grid
from impasto.offline.networks.base import Network, Told
from impasto.tensors import to_array
from impasto.training.data import Pixels, as_batch
from impasto.training.pictures import read_table
from impasto.training.stylisation import Batch, Stylisation

SHOWN = 8
"""Pairs on the sheet."""


@dataclass(frozen=True)
class Validation:
    """pairs: (photo, style), H x W x 3 uint8 each, of about the size of the crops that are learned from.

    also_told: for each pair, what the network is told of the style beside what it asks for itself.
    """

    pairs: Sequence[tuple[Pixels, Pixels]]
    also_told: Sequence[Told] = ()

    @torch.no_grad()
    def look(self, network: Network, stylisation: Stylisation) -> tuple[dict[str, float], Picture]:
        """The mean content, style and total loss of the network's pastiches, and the first of them beside their pictures."""
        device = next(network.parameters()).device
        parts: list[Tensor] = []
        rows: list[Row] = []
        for number, (photo, style) in enumerate(self.pairs):
            photo_sight, style_sight = (stylisation.look(as_batch(pixels).to(device)) for pixels in (photo, style))
            strength = torch.ones(1, device=device)
            told = {**style_sight.told(), **(self.also_told[number] if self.also_told else {})}
            pastiche = network(photo_sight.image, photo_sight.told(), told, strength)
            batch = Batch(photo_sight.image, photo_sight.content(), {}, photo_sight.style(), {}, style_sight.style())
            parts.append(stylisation(pastiche, batch).parts)
            if len(rows) < SHOWN:
                made = Picture.from_array(to_array(pastiche))
                rows.append(Row([Cell(one) for one in (Picture.from_array(photo), Picture.from_array(style), made)]))
        content, style_loss, total = torch.stack(parts).mean(0).tolist()
        return {"content": content, "style": style_loss, "total": total}, grid(rows, cell=192, margin=6)


def read_pairs(table: Path, photos: Sequence[Path], styles: Sequence[Path]) -> list[tuple[Path, Path]]:
    """The pairs of a CSV file with the columns `content` and `style`.

    A picture is looked for beside the table, and else by its name among photos and styles. Raises InputError when the table
    cannot be read, or a picture is nowhere.
    """
    rows = read_table(table)
    if len(rows) < 2 or not {"content", "style"} <= set(rows[0]):
        raise InputError(f"{shown(table)} holds no pairs; its first line must name the columns content and style")
    columns = rows[0].index("content"), rows[0].index("style")
    by_name = ({path.name: path for path in photos}, {path.name: path for path in styles})
    pairs = []
    for row in rows[1:]:
        words = [row[column] if column < len(row) else "" for column in columns]
        content, style = (_find(table, word, names) for word, names in zip(words, by_name, strict=True))
        pairs.append((content, style))
    return pairs


def _find(table: Path, word: str, names: dict[str, Path]) -> Path:
    beside = table.parent / word
    if word and beside.is_file():
        return beside
    name = word.replace("\\", "/").rpartition("/")[2]
    if name not in names:
        raise InputError(f"{shown(table)} names {shown(word)}, which is neither beside it nor among the pictures given")
    return names[name]
