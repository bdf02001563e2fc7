"""Pretrained CNNs that turn a picture into feature maps by layer name. `load` finds one by name or file."""

from impasto.encoders.registry import describe, load, names

__all__ = ["describe", "load", "names"]
