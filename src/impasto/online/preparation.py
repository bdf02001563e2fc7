"""From settings and pictures to an optimisation that can begin: all resolved, checked, sized and brought to the device."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from impasto import content, images, texture
from impasto.encoders.base import Descriptor, Encoder
from impasto.errors import InputError
from impasto.images.picture import FloatPixels
from impasto.objective import Objective, Weights
from impasto.online.checks import weighted
from impasto.online.memory import check_memory, style_bytes_per_pixel
from impasto.online.optimisation import Optimisation, Style
from impasto.online.pyramid import plan
from impasto.online.regions import MaskPair, Region, recolour_styles, regions_of
from impasto.online.settings import COARSEST, LEARNING_RATES, STARTS, Settings
from impasto.online.start import as_tensor, starting_picture
from impasto.tensors import to_tensor
from impasto.texture.base import TextureModel


def prepare(
    settings: Settings,
    photo: images.Picture | None,
    styles: Sequence[images.Picture],
    size: tuple[int, int],
    encoder: Encoder,
    *,
    masks: Sequence[MaskPair] = (),
    wrap: bool = False,
) -> Optimisation:
    """The optimisation that the settings describe, not yet begun. Raises InputError where pictures and settings do not fit.

    photo: None for a texture of the styles alone. size: of the painting, (width, height). wrap: it is to be laid as a tile.
    """
    model = texture.create(settings.texture)
    if photo is None:
        settings = replace(settings, content_weight=0.0, strength=1.0, init=settings.init or STARTS["texture"])
    settings = resolve(settings, encoder.descriptor, model)
    check_sizes(encoder.descriptor, size, styles, settings)
    objective = build_objective(settings, encoder, model, wrap)
    check_memory(encoder, objective.layers, size, style_bytes_per_pixel(objective, max(len(styles), len(masks))))
    ground = None if photo is None else images.as_float(photo.resized(*size))
    regions = regions_of(settings, photo, styles, masks, size)
    if settings.color == "match" and ground is not None:
        regions = recolour_styles(regions, ground)
    least = encoder.descriptor.min_size
    levels = plan(
        size, coarsest_of(settings, model, size), settings.steps, least, settings.level_ratio, settings.level_iterations
    )
    device = next(encoder.parameters()).device
    assert settings.learning_rate is not None
    return Optimisation(
        None if ground is None else as_tensor(ground).to(device),
        [style_of(region, size, settings, least, device) for region in regions],
        starting_picture(settings, ground, regions, (levels[0].width, levels[0].height)).to(device),
        objective,
        levels,
        optimizer=settings.optimizer,
        rate=settings.learning_rate,
        average=settings.average,
        strength=settings.strength,
        rotations=settings.style_rotations,
        scales=settings.style_rescalings,
    )


def resolve(settings: Settings, descriptor: Descriptor, model: TextureModel) -> Settings:
    """The settings with nothing left open: layers, optimiser, rate and steps as they will be used.

    Raises InputError for a layer that the encoder has not.
    """
    optimizer = settings.optimizer if settings.optimizer != "auto" else "adam" if model.samples else "lbfgs"
    return replace(
        settings,
        optimizer=optimizer,
        learning_rate=LEARNING_RATES[optimizer] if settings.learning_rate is None else settings.learning_rate,
        coarsest=COARSEST if settings.coarsest is None and model.levels is None else settings.coarsest,
        iterations=settings.steps if settings.level_iterations is None else None,
        init=settings.init or STARTS["painting"],
        content_models=settings.contents,
        content_layers=_layers("content_layers", settings.content_layers or descriptor.content_layers, descriptor),
        style_layers=_layers("style_layers", settings.style_layers or descriptor.style_layers, descriptor),
    )


def coarsest_of(settings: Settings, model: TextureModel, size: tuple[int, int]) -> int:
    """The longer side to begin at, for a painting of (width, height)."""
    if settings.coarsest is not None:
        return settings.coarsest
    return COARSEST if model.levels is None else max(COARSEST, max(size) // 2 ** (model.levels - 1))


def build_objective(settings: Settings, encoder: Encoder, model: TextureModel, wrap: bool = False) -> Objective:
    """The objective of resolved settings; the models' own gains make weights of 1 the recommended ones."""
    asked = weighted("content_models", settings.contents)
    pulls = {name: share * content.load(name).GAIN for name, share in asked.items()}
    return Objective(
        encoder,
        model,
        weighted("content_layers", settings.content_layers or ()),
        weighted("style_layers", settings.style_layers or ()),
        Weights(
            settings.content_weight * sum(pulls.values()) / max(sum(asked.values()), 1e-12),
            settings.style_weight * model.gain,
            settings.tv_weight,
            settings.spectrum_weight,
        ),
        content_models=pulls,
        normalize_gradients=settings.normalize_gradients,
        wrap=wrap,
    )


def check_sizes(descriptor: Descriptor, size: tuple[int, int], styles: Sequence[images.Picture], settings: Settings) -> None:
    """Raises InputError for pictures in which the encoder's deepest layer would see nothing."""
    least = descriptor.min_size
    if min(size) < least:
        raise InputError(
            f"at --size {settings.size} the painting would be {size[0]} x {size[1]} pixels; "
            f"encoder '{descriptor.name}' needs both sides to be at least {least}"
        )
    for style in styles:
        if min(style.size) < least:
            name = f"style '{style.path}'" if style.path else "the style"
            raise InputError(
                f"{name} is {style.width} x {style.height} pixels; encoder '{descriptor.name}' needs {least} x {least}"
            )


def style_of(region: Region, size: tuple[int, int], settings: Settings, least: int, device: torch.device) -> Style:
    """The region as the optimisation wants it, on the device."""
    style = to_tensor(limit(region.style, size, settings, least), device)
    part, where = _plane(region.part, device), _plane(region.where, device)
    return Style(style, region.share, settings.style_scale, part, where)


def limit(style: images.Picture, size: tuple[int, int], settings: Settings, least: int) -> images.Picture:
    """The style image no larger than the last level needs it, so that a huge one costs no memory."""
    longest = max(size) * settings.style_scale * max((1.0, *settings.style_rescalings))
    scale = max(longest / max(style.size), least / min(style.size))
    return style if scale >= 1 else style.resized(max(1, round(style.width * scale)), max(1, round(style.height * scale)))


def _plane(values: FloatPixels | None, device: torch.device) -> Tensor | None:
    """H x W -> 1 x 1 x H x W."""
    return None if values is None else torch.from_numpy(values)[None, None].to(device)


def _layers(name: str, entries: Sequence[str], descriptor: Descriptor) -> tuple[str, ...]:
    """The layers in the network's order, each with its weight where that is not 1."""
    given = weighted(name, entries)
    return tuple(layer if given[layer] == 1 else f"{layer}:{given[layer]:g}" for layer in descriptor.check_layers(given))
