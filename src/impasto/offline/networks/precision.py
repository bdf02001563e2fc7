"""What of a network stays in float32 when the rest of it trains in bfloat16 (autocast).

Colours and covariances are products of small matrices, where bfloat16 saves no time; and a covariance in eight bits can have
negative eigenvalues, whose inverse roots know no bounds.
"""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor


def full_precision(x: Tensor) -> AbstractContextManager[None]:
    """Switches autocast off where `x` lies, if it is on; a network that is exported holds no trace of it."""
    kind = x.device.type
    return torch.autocast(kind, enabled=False) if torch.is_autocast_enabled(kind) else nullcontext()
