"""How Fabric trains in bfloat16: convolutions and matrix products in it, and what a network is given as it is.

Fabric's own plugin rounds that too. A photo can bear it; the covariances that a network is told of cannot (`precision.py`
among the networks says why). Imported only where Fabric is there.
"""

from typing import Any

from lightning_fabric.plugins.precision import MixedPrecision


class Mixed(MixedPrecision):
    """Autocast to bfloat16 in the forward pass, with its inputs untouched."""

    def __init__(self, device: str) -> None:
        super().__init__("bf16-mixed", device)

    def convert_input(self, data: Any) -> Any:
        return data
