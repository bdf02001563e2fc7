"""What a Gram matrix has to do with brushwork, in four channels and a few lines of NumPy: the example of docs/how-it-works.md.

`make docs-pictures` draws its figure; `python examples/gram.py` prints what the page says.
"""

import numpy as np

BLUE, OCHRE = (0.2, 0.4, 0.8), (0.75, 0.5, 0.15)


def strokes(seed, blue, ochre, side=128):
    """A picture of sixty short strokes, half of them blue, half ochre. blue, ochre: their directions in degrees."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    picture = np.full((side, side, 3), 0.95)
    for number in range(60):
        colour, degrees = [(BLUE, blue), (OCHRE, ochre)][number % 2]
        top, left = random.uniform(0, side, 2)
        right, up = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        along = (x - left) * right - (y - top) * up
        across = (x - left) * up + (y - top) * right
        picture[(abs(along) < 11) & (abs(across) < 2.5)] = colour
    return picture


def features(picture):
    """Four feature maps: where it is blue, where ochre, where an edge rises to the right, where one falls."""
    red, _, blue = np.moveaxis(picture, 2, 0)
    down, right = np.gradient(picture.mean(2))
    maps = np.stack([blue - red, red - blue, 9 * down * right, -9 * down * right]).clip(0)
    return maps.reshape(4, 32, 4, 32, 4).mean((2, 4))  # pooling: squares of 4 x 4 pixels, averaged


def gram(maps):
    """How strongly each pair of channels answers at the same place, on average over the picture: 4 x 4."""
    flat = maps.reshape(len(maps), -1)
    return flat @ flat.T / flat.shape[1]


def difference(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(a)


def main() -> None:
    """Prints the three matrices and how far they are from the first."""
    pictures = {
        "picture": strokes(seed=1, blue=45, ochre=-45),
        "same hand": strokes(seed=2, blue=45, ochre=-45),
        "other hand": strokes(seed=1, blue=-45, ochre=45),
    }
    found = {name: features(picture) for name, picture in pictures.items()}
    first = found["picture"]
    for name, maps in found.items():
        means = difference(first.mean((1, 2)), maps.mean((1, 2)))
        print(f"{name}: means {means:.2f}, Gram matrices {difference(gram(first), gram(maps)):.2f}")
        print((1000 * gram(maps)).round(1))


if __name__ == "__main__":
    main()
