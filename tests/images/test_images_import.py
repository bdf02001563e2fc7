"""Importing the images floor costs next to nothing, and everything it names exists."""

import subprocess
import sys

import pytest

from impasto import images


def test_import_loads_nothing_heavy():
    code = (
        "import sys, impasto.images as images; images.check_output, images.fit, images.find_pictures;"
        "print([name for name in ('numpy', 'PIL', 'pyvips', 'torch') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("name", images.__all__)
def test_every_public_name_exists_and_is_documented(name):
    assert getattr(images, name).__doc__
    assert name in dir(images)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = images.nonsense
