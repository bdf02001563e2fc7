"""What a file says of itself: as ONNX's own library reads it, and nothing of files that are none or cut short."""

from pathlib import Path

import onnx
import pytest

from impasto.runtime.facts import facts


@pytest.mark.parametrize("name", ["transfer.onnx", "predict.onnx"])
def test_metadata_is_what_the_library_of_the_format_reads(tiny_model: Path, name: str) -> None:
    model = onnx.load(tiny_model / name)
    assert facts(tiny_model / name) == {entry.key: entry.value for entry in model.metadata_props} != {}


def test_words_beyond_ascii_and_empty_ones_are_read(tmp_path: Path) -> None:
    model = onnx.ModelProto(ir_version=10)
    long = "ö" * 300
    for key, value in (("long", long), ("empty", "")):
        model.metadata_props.add(key=key, value=value)
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    assert facts(tmp_path / "model.onnx") == {"long": long, "empty": ""}


def test_a_file_without_any_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(onnx.ModelProto(ir_version=10).SerializeToString())
    assert facts(tmp_path / "model.onnx") == {}


@pytest.mark.parametrize("length", [0, 1, 3, 50, 2000])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, tiny_model: Path, length: int) -> None:
    (tmp_path / "model.onnx").write_bytes((tiny_model / "predict.onnx").read_bytes()[:length])
    with pytest.raises(ValueError, match="cut short"):
        facts(tmp_path / "model.onnx")


@pytest.mark.parametrize("content", [b"PK\x03\x04" + b"\0" * 40, b"junk" * 100, b"\x00", b"\xff" * 40])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(ValueError, match=r"no ONNX model|cut short"):
        facts(tmp_path / "model.onnx")
