"""Pictures in and out: read, write, resize, fit, preview. No torch, no network.

Everything public is named here and loaded at its first use (PEP 562), so that `import impasto.images` costs nothing: a
command line that only looks at file names never pays for NumPy, libvips or Pillow.
"""

from typing import TYPE_CHECKING

from impasto.lazy import lazily

if TYPE_CHECKING:
    from impasto.images.animation import animate
    from impasto.images.atomic import write_bytes
    from impasto.images.folders import find_pictures, is_picture_file
    from impasto.images.geometry import fit
    from impasto.images.metadata import read_settings
    from impasto.images.outputs import check_output
    from impasto.images.picture import Picture, as_float, from_float
    from impasto.images.reading import read
    from impasto.images.sheets import Cell, Row, contact_sheet, grid
    from impasto.images.writing import write

__all__ = [
    "Cell",
    "Picture",
    "Row",
    "animate",
    "as_float",
    "check_output",
    "contact_sheet",
    "find_pictures",
    "fit",
    "from_float",
    "grid",
    "is_picture_file",
    "read",
    "read_settings",
    "write",
    "write_bytes",
]

_HOMES = {
    "Cell": "sheets",
    "Picture": "picture",
    "Row": "sheets",
    "animate": "animation",
    "as_float": "picture",
    "check_output": "outputs",
    "contact_sheet": "sheets",
    "find_pictures": "folders",
    "fit": "geometry",
    "from_float": "picture",
    "grid": "sheets",
    "is_picture_file": "folders",
    "read": "reading",
    "read_settings": "metadata",
    "write": "writing",
    "write_bytes": "atomic",
}

__getattr__, __dir__ = lazily(globals(), _HOMES)
