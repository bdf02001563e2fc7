"""Requests as orders: names of styles become pictures, settings are checked. Raises Fault for what cannot be."""

from collections.abc import Sequence

from impasto.errors import InputError
from impasto.online.settings import Settings
from impasto.studio import orders, schemas
from impasto.studio.desk import Desk
from impasto.studio.faults import Invalid
from impasto.studio.orders import WEIGHTS, MaskPair, Order, StyleShare
from impasto.texture import check_name

SETTINGS = (
    "method",
    "strength",
    "size",
    "color",
    "seed",
    "texture",
    "iterations",
    *WEIGHTS,
)


def chosen_styles(desk: Desk, choices: Sequence[schemas.StyleChoice]) -> list[StyleShare]:
    """The styles' names and pictures. Raises NotFound."""
    found = []
    for choice in choices:
        if choice.style is not None:
            row = desk.styles.find(choice.style)
            found.append(StyleShare(row.name, row.picture_id, choice.weight))
        else:
            assert choice.picture is not None
            found.append(StyleShare("", choice.picture, choice.weight))
    return found


def preview_order(desk: Desk, wanted: schemas.PreviewRequest) -> Order:
    """The order of a preview."""
    given = {"method": "fast", "size": wanted.size, "strength": wanted.strength, "color": wanted.color}
    return orders.painting(wanted.content, chosen_styles(desk, wanted.styles), given, desk.limits)


def painting_order(desk: Desk, wanted: schemas.PaintingRequest) -> Order:
    """The order of a painting. Only what the client named is passed on, so that a preset's settings stand."""
    given = {name: value for name in SETTINGS if (value := getattr(wanted, name)) is not None}
    masks = [MaskPair(mask.content, mask.style) for mask in wanted.masks]
    return orders.painting(wanted.content, chosen_styles(desk, wanted.styles), given, desk.limits, wanted.preset, masks)


def reconstruction_order(desk: Desk, wanted: schemas.ReconstructionRequest) -> Order:
    """The order of a figure."""
    texture = wanted.texture or Settings.texture
    try:
        check_name(texture)
    except InputError as error:
        raise Invalid(str(error)) from error
    share = None if wanted.style is None else chosen_styles(desk, [schemas.StyleChoice(style=wanted.style)])[0]
    return orders.reconstruction(wanted.content, share, wanted.size, texture)
