"""`read`: every promised kind of file becomes an upright sRGB picture."""

import hashlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageOps

from impasto import images
from impasto.errors import InputError


def _save(path: Path, array: np.ndarray, mode: str | None = None, **options) -> Path:
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("a.png", {}, 0),
        ("a.bmp", {}, 0),
        ("a.tif", {}, 0),
        ("a.tiff", {"compression": "tiff_lzw"}, 0),
        ("a.webp", {"lossless": True}, 0),
        ("a.jpg", {"quality": 98, "subsampling": 0}, 6),
        ("a.jpeg", {"quality": 98, "subsampling": 0, "progressive": True}, 6),
        ("a.avif", {"quality": 98, "subsampling": "4:4:4"}, 8),
        ("a.gif", {}, 60),
    ],
)
def test_every_format_gives_back_its_pixels(tmp_path, scene8, name, options, tolerance):
    path = _save(tmp_path / name, scene8, **options)
    picture = images.read(path)
    assert picture.size == (64, 48)
    assert picture.pixels.dtype == np.uint8
    assert picture.alpha is None
    assert picture.notes == ()
    assert np.abs(picture.pixels.astype(int) - scene8).max() <= tolerance


def test_heic_is_read_where_its_package_is_installed(tmp_path, scene8):
    pillow_heif = pytest.importorskip("pillow_heif", reason="the heic extra is not installed")
    turned = Image.Exif()
    turned[0x0112] = 6
    path = tmp_path / "a.heic"
    pillow_heif.from_pillow(Image.fromarray(scene8)).save(path, quality=-1, exif=turned.tobytes())
    upright = np.rot90(scene8, -1)
    assert np.abs(images.read(path).pixels.astype(int) - upright).mean() < 6


def test_white_of_a_deep_heic_is_white(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif", reason="the heic extra is not installed")
    white = np.full((16, 16, 3), 65535, np.uint16)
    path = tmp_path / "white.heic"
    pillow_heif.from_bytes(mode="RGB;16", size=(16, 16), data=white.tobytes()).save(path, quality=-1)
    picture = images.read(path)
    assert picture.pixels.dtype == np.uint16
    assert picture.pixels.min() > 65000
    assert picture.pixels.max() == 65535


def test_without_the_heic_package_the_error_says_how_to_get_it(tmp_path, monkeypatch):
    path = tmp_path / "a.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100)
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", None)
    with pytest.raises(InputError, match=r'pip install "impasto\[heic\]"'):
        images.read(path)


def test_provenance(tmp_path, scene8):
    path = _save(tmp_path / "a.png", scene8)
    picture = images.read(str(path))
    assert picture.path == path
    assert picture.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["with space.png", "Größe 日本 🎨.png", "[n=-1].png", "-o.png", "100%d.png"])
def test_odd_names(tmp_path, scene8, name):
    path = _save(tmp_path / name, scene8)
    assert np.array_equal(images.read(path).pixels, scene8)


@pytest.mark.parametrize("name", ["really-a-png.jpg", "no_extension", "odd.xyz"])
def test_the_content_counts_and_not_the_extension(tmp_path, scene8, name):
    path = tmp_path / name
    Image.fromarray(scene8).save(path, format="PNG")
    assert np.array_equal(images.read(path).pixels, scene8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_exif_orientation(tmp_path, scene8, orientation, name):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / name
    options = {"lossless": True} if name.endswith("webp") else {}
    Image.fromarray(scene8).save(path, exif=exif, **options)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
    picture = images.read(path)
    assert picture.pixels.shape == expected.shape
    assert np.abs(picture.pixels.astype(int) - expected).max() <= (3 if name == "a.jpg" else 0)


def test_alpha_turns_with_the_pixels(tmp_path, translucent):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "a.png"
    Image.fromarray(np.dstack([translucent.pixels, translucent.alpha])).save(path, exif=exif)
    assert np.array_equal(images.read(path).alpha, np.rot90(translucent.alpha, -1))


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp", "a.gif"])
def test_one_bit(tmp_path, scene8, name):
    bits = Image.fromarray(scene8).convert("1")
    bits.save(tmp_path / name)
    expected = np.asarray(bits.convert("RGB"))
    assert np.array_equal(images.read(tmp_path / name).pixels, expected)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.bmp", "a.jpg", "a.webp", "a.avif"])
def test_grey(tmp_path, scene8, name):
    grey = Image.fromarray(scene8).convert("L")
    grey.save(tmp_path / name, quality=98)
    picture = images.read(tmp_path / name)
    assert picture.pixels.shape == (48, 64, 3)
    assert np.abs(picture.pixels.astype(int) - np.asarray(grey)[..., None]).max() <= 4


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_grey_with_alpha(tmp_path, translucent, name):
    grey = Image.fromarray(translucent.pixels).convert("L")
    grey.putalpha(Image.fromarray(translucent.alpha))
    grey.save(tmp_path / name)
    picture = images.read(tmp_path / name)
    assert np.array_equal(picture.pixels, np.repeat(np.asarray(grey)[..., :1], 3, axis=2))
    assert np.array_equal(picture.alpha, translucent.alpha)


def test_palette_with_transparency(tmp_path, scene8):
    indexed = Image.fromarray(scene8).quantize(16)
    indexed.save(tmp_path / "a.png", transparency=3)
    picture = images.read(tmp_path / "a.png")
    assert np.array_equal(picture.alpha == 0, np.asarray(indexed) == 3)
    assert np.array_equal(picture.pixels, np.asarray(indexed.convert("RGB")))


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.webp", "a.avif"])
def test_alpha_is_carried(tmp_path, translucent, name):
    options = {"lossless": True} if name.endswith("webp") else {}
    Image.fromarray(np.dstack([translucent.pixels, translucent.alpha])).save(tmp_path / name, **options)
    alpha = images.read(tmp_path / name).alpha
    assert np.abs(alpha.astype(int) - translucent.alpha).max() <= (12 if name == "a.avif" else 0)


def test_sixteen_bit_grey(tmp_path, scene16):
    _save(tmp_path / "a.png", scene16[..., 0])
    picture = images.read(tmp_path / "a.png")
    assert picture.pixels.dtype == np.uint16
    assert np.array_equal(picture.pixels[..., 2], scene16[..., 0])


@pytest.mark.parametrize("bits", [10, 12])
def test_white_of_a_deep_avif_is_white(tmp_path, bits):
    white = pyvips.Image.new_from_array(np.full((16, 16, 3), 65535, np.uint16), interpretation="rgb16")
    white.heifsave(str(tmp_path / "a.avif"), compression="av1", bitdepth=bits, lossless=True)
    pixels = images.read(tmp_path / "a.avif").pixels
    assert pixels.dtype == np.uint16
    assert pixels.max() == 65535
    assert pixels.min() > 65000


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png", "a.avif"])
def test_of_an_animation_the_first_frame_is_read_and_said_so(tmp_path, scene8, name):
    frames = [Image.fromarray(array) for array in (scene8, scene8[::-1].copy(), scene8[:, ::-1].copy())]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=100)
    picture = images.read(tmp_path / name)
    assert len(picture.notes) == 1
    assert "animated" in picture.notes[0]
    assert "first frame" in picture.notes[0]
    assert np.abs(picture.pixels.astype(int) - scene8).mean() < 12


def test_of_several_pages_the_first_is_read_and_said_so(tmp_path, scene8):
    first = Image.fromarray(scene8)
    first.save(tmp_path / "a.tif", save_all=True, append_images=[Image.fromarray(scene8[::-1].copy())])
    picture = images.read(tmp_path / "a.tif")
    assert picture.notes == ("it has 2 pages: only the first was read",)
    assert np.array_equal(picture.pixels, scene8)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (20000, 1), (1, 3000)])
def test_extreme_shapes(tmp_path, width, height):
    _save(tmp_path / "a.png", np.full((height, width, 3), 7, np.uint8))
    assert images.read(tmp_path / "a.png").size == (width, height)


def test_a_file_that_changed_is_read_anew(tmp_path, scene8):
    path = _save(tmp_path / "a.png", scene8)
    images.read(path)
    _save(path, scene8[::-1].copy())
    assert np.array_equal(images.read(path).pixels, scene8[::-1])


def _png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _jpeg_claiming(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (16, 16)).save(data, "JPEG")
    patched = bytearray(data.getvalue())
    start = patched.index(b"\xff\xc0")
    patched[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(patched)


def _bmp_claiming(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (16, 16)).save(data, "BMP")
    patched = bytearray(data.getvalue())
    patched[18:26] = struct.pack("<ii", width, height)
    return bytes(patched)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("claiming", [_png_claiming, _jpeg_claiming, _bmp_claiming])
def test_a_decompression_bomb_is_refused_by_its_header(tmp_path, claiming):
    path = tmp_path / "bomb"
    path.write_bytes(claiming(60000, 60000))
    with pytest.raises(InputError, match=r"claims 60000 x 60000 pixels.*200 megapixels.*IMPASTO_MAX_PIXELS=3600000000"):
        images.read(path)


def test_the_limit_can_be_moved(tmp_path, scene8, monkeypatch):
    path = _save(tmp_path / "a.png", scene8)
    with pytest.raises(InputError, match="limit"):
        images.read(path, max_pixels=48 * 64 - 1)
    assert images.read(path, max_pixels=48 * 64).size == (64, 48)
    monkeypatch.setenv("IMPASTO_MAX_PIXELS", "100")
    with pytest.raises(InputError, match="limit"):
        images.read(path)
    assert images.read(path, max_pixels=10_000).size == (64, 48)


@pytest.mark.parametrize("value", ["lots", "-5", "0", "1.5"])
def test_a_limit_that_is_no_number_is_refused(tmp_path, scene8, monkeypatch, value):
    path = _save(tmp_path / "a.png", scene8)
    monkeypatch.setenv("IMPASTO_MAX_PIXELS", value)
    with pytest.raises(InputError, match="IMPASTO_MAX_PIXELS must be a positive whole number"):
        images.read(path)
