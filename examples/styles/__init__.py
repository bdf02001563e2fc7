"""Style pictures of our own making: one module a style, each with `paint(size, rng) -> PIL image`."""
