"""Sessions: sizes, the cache of compiled graphs, and files that are no networks."""

import os
import subprocess
import sys
from math import inf
from pathlib import Path

import numpy as np
import onnx
import pytest

from impasto.errors import WeightsError
from impasto.runtime.session import BLOBS_KEPT, SIZES_KEPT, Session


def image(height: int, width: int) -> dict[str, np.ndarray]:
    """What the prediction graph of the tiny network is given."""
    others = {name: np.zeros((1, width), np.float32) for name, width in (("wanted", 100), ("embedding", 8), ("given", 1))}
    return {"image": np.random.default_rng(0).integers(0, 256, (1, height, width, 3), dtype=np.uint8), **others}


@pytest.mark.parametrize("content", [b"", b"junk" * 100, None])
def test_a_file_that_is_no_network_is_refused_in_one_line(
    own_home: Path, tmp_path: Path, tiny_model: Path, content: bytes | None
) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes((tiny_model / "predict.onnx").read_bytes()[:2000] if content is None else content)
    with pytest.raises(WeightsError, match=r"net\.onnx") as caught:
        Session(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(WeightsError, match="there is no network"):
        Session(tmp_path / "missing.onnx")


def test_compiled_graphs_are_cached_and_a_damaged_one_does_no_harm(own_home: Path, tiny_model: Path) -> None:
    first = Session(tiny_model / "predict.onnx").run(image(40, 48))[0]
    blobs = list((own_home / "compiled").glob("*.blob"))
    assert len(blobs) == 1
    blobs[0].chmod(0o600)
    blobs[0].write_bytes(b"junk")
    np.testing.assert_allclose(Session(tiny_model / "predict.onnx").run(image(40, 48))[0], first, rtol=1e-5)


def test_the_cache_stays_small(own_home: Path, tiny_model: Path) -> None:
    (own_home / "compiled").mkdir(parents=True)
    for number in range(BLOBS_KEPT + 5):
        (own_home / "compiled" / f"{number}.blob").write_bytes(b"")
    Session(tiny_model / "predict.onnx").run(image(40, 48))
    assert len(list((own_home / "compiled").glob("*.blob"))) <= BLOBS_KEPT


def test_it_works_where_nothing_can_be_cached(own_home: Path, tiny_model: Path) -> None:
    own_home.rmdir()
    own_home.write_text("in the way")
    assert Session(tiny_model / "predict.onnx").run(image(40, 48))[0].shape == (1, 8)


def test_only_the_latest_sizes_are_kept(own_home: Path, tiny_model: Path) -> None:
    session = Session(tiny_model / "predict.onnx")
    for number in range(SIZES_KEPT + 2):
        session.run(image(32 + number, 32))
    assert len(session._requests) == SIZES_KEPT
    assert session.metadata["margin"] == "8"


def test_a_size_gets_a_graph_of_its_own_when_patience_is_at_an_end(own_home: Path, tiny_model: Path) -> None:
    session = Session(tiny_model / "predict.onnx")
    first = session.run(image(40, 48), 2)[0]
    for _ in range(2):
        session.run(image(56, 32), 2)
    session.run(image(40, 48), 2)
    assert list(session._requests) == [()]
    np.testing.assert_allclose(session.run(image(40, 48), 2)[0], first, rtol=1e-4, atol=1e-5)
    assert len(session._requests) == 2
    session.run(image(40, 48), inf)
    assert next(reversed(session._requests)) == ()


def test_another_networks_file_is_named(own_home: Path, tiny_model: Path) -> None:
    with pytest.raises(WeightsError, match=r"predict\.onnx.* has no input 'half_grain'"):
        Session(tiny_model / "predict.onnx").width("half_grain")


def test_a_file_that_changed_is_compiled_anew(own_home: Path, tmp_path: Path, tiny_model: Path) -> None:
    path = tmp_path / "predict.onnx"
    path.write_bytes((tiny_model / "predict.onnx").read_bytes())
    first = Session(path).run(image(40, 48), inf)[0]
    model = onnx.load(path)
    for weight in model.graph.initializer:
        if len(weight.dims) == 4:
            weight.raw_data = bytes(len(weight.raw_data))
    path.write_bytes(model.SerializeToString())
    later = path.stat().st_mtime + 5
    os.utime(path, (later, later))
    assert np.abs(Session(path).run(image(40, 48), inf)[0] - first).max() > 1e-3


def test_a_graph_from_the_cache_does_the_same(own_home: Path, tiny_model: Path) -> None:
    first, second = (Session(tiny_model / "predict.onnx").run(image(40, 48), inf)[0] for _ in range(2))
    assert list((own_home / "compiled").glob("*.blob"))
    np.testing.assert_array_equal(second, first)


def test_what_the_engine_was_loaded_without_comes_when_someone_asks() -> None:
    program = (
        "from impasto.runtime.session import _core\n"
        "_core()\n"
        "import sys, openvino\n"
        "assert 'openvino.tools.ovc' not in sys.modules\n"
        "assert not hasattr(openvino, 'nonsense')\n"
        "sys.modules['openvino_telemetry'] = None\n"
        "assert callable(openvino.convert_model)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_nothing_is_reported_to_anyone_when_the_engine_is_loaded() -> None:
    program = (
        "import multiprocessing, sys, urllib.request\n"
        "def never(*given, **named): raise SystemExit('it calls home')\n"
        "multiprocessing.Process.start = urllib.request.urlopen = never\n"
        "from impasto.runtime.session import _core\n"
        "_core()\n"
        "assert not [name for name in sys.modules if name.startswith('openvino_telemetry')], 'telemetry is loaded'\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
