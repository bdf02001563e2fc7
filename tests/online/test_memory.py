"""What a painting is expected to take: the feature maps that are computed, and the texture model's own needs."""

import pytest
import torch

from impasto import texture
from impasto.encoders.slim import Slim
from impasto.errors import MemoryLimitError
from impasto.objective import Objective, Weights
from impasto.online import memory

GIGABYTE = 2**30


def objective(name: str, content: float = 1.0) -> Objective:
    encoder = Slim({"1_1": 16, "1_2": 16, "2_1": 32, "2_2": 32, "3_1": 64})
    return Objective(encoder, texture.create(name), {"relu2_1": 1.0}, {"relu1_1": 1.0, "relu3_1": 1.0}, Weights(content, 1, 1))


def needed(name: str, styles: int = 1, content: float = 1.0) -> float:
    work = objective(name, content)
    return memory.bytes_per_pixel(work.encoder, work.layers) + memory.style_bytes_per_pixel(work, styles)


@pytest.mark.parametrize("name", texture.MODELS)
def test_every_model_paints_1024_pixels_in_6_gigabytes(name: str) -> None:
    assert 0.5 * GIGABYTE < needed(name) * 1024**2 < 6 * GIGABYTE
    assert needed(name, styles=2) > needed(name)


def test_a_model_that_reads_pixels_pays_for_its_pyramid_and_not_for_style_layers() -> None:
    steerable, gram = objective("steerable", 0), objective("gram", 0)
    bare = memory.bytes_per_pixel(steerable.encoder, steerable.layers)
    assert bare == memory.PIXEL_BYTES < memory.bytes_per_pixel(gram.encoder, gram.layers)
    assert memory.style_bytes_per_pixel(steerable) > memory.style_bytes_per_pixel(gram)


def test_a_style_without_weight_takes_nothing() -> None:
    work = objective("mrf")
    work.weights = Weights(1, 0, 1)
    assert memory.style_bytes_per_pixel(work) == 0


def test_the_size_that_it_names_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    work, layers = objective("gram"), ("relu3_1",)
    monkeypatch.setattr(memory, "available_memory", lambda: GIGABYTE)
    with pytest.raises(MemoryLimitError, match=r"3000 x 2000 pixels needs about .* --size (\d+) would fit") as caught:
        memory.check_memory(work.encoder, layers, (3000, 2000))
    side = int(str(caught.value).split("--size ")[1].split()[0])
    memory.check_memory(work.encoder, layers, (side, round(side * 2 / 3)))
    with pytest.raises(MemoryLimitError):
        memory.check_memory(work.encoder, layers, (side, round(side * 2 / 3)), more=1e6)


def test_only_what_means_memory_is_taken_for_it() -> None:
    with pytest.raises(MemoryLimitError, match="try --size 640"), memory.out_of_memory((1000, 500)):
        raise torch.OutOfMemoryError("out of memory")
    with pytest.raises(RuntimeError, match="shape"), memory.out_of_memory((1000, 500)):
        raise RuntimeError("shape mismatch")
