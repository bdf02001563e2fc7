"""How much work a run of the benchmarks is: `quick` for a look, `full` for what is published, `trial` to test the scripts."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Effort:
    """size: pixels of the longer side where the size is not what varies. sizes: those where it is. repeat: runs, of which the
    median counts. kinds: of configurations to paint with. steps: of a painting, None for each configuration's own. every: steps
    between two looks at a painting in the making. frames: sizes for the fast method. seconds: how long a latency is measured.
    learn: steps of a short and of a long training.
    """

    name: str
    size: int
    sizes: tuple[int, ...]
    repeat: int
    kinds: tuple[str, ...]
    steps: int | None
    every: int
    frames: tuple[str, ...]
    seconds: float
    learn: tuple[int, int]


QUICK = Effort(
    name="quick",
    size=256,
    sizes=(256, 512),
    repeat=1,
    kinds=("method", "texture"),
    steps=None,
    every=10,
    frames=("512x512", "1024x1024"),
    seconds=1.0,
    learn=(4, 24),
)
FULL = Effort(
    name="full",
    size=512,
    sizes=(256, 512, 1024, 2048),
    repeat=3,
    kinds=("method", "texture", "preset", "encoder"),
    steps=None,
    every=5,
    frames=("512x512", "1024x1024", "1920x1080", "4096x2160", "8192x8192"),
    seconds=4.0,
    learn=(20, 120),
)
TRIAL = replace(QUICK, name="trial", size=64, sizes=(64,), kinds=("method",), steps=2, every=1, frames=("64x64",), seconds=0.0)

EFFORTS = {effort.name: effort for effort in (QUICK, FULL, TRIAL)}
