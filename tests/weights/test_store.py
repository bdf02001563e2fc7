"""Finding, fetching and verifying, against a server that truncates, corrupts and stalls."""

import dataclasses
import errno
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from impasto.errors import WeightsError
from impasto.weights import download
from impasto.weights.catalogue import CATALOGUE
from impasto.weights.download import Limits
from impasto.weights.store import cache_folder, check, discard, fetch, locate, place

PAYLOAD = bytes(range(256)) * 2000  # what the server of conftest.py sends unless told otherwise
QUICK = Limits(connect=20.0, stall=20.0, attempts=3, pause=0.01)


def change(monkeypatch: pytest.MonkeyPatch, **facts: object) -> None:
    monkeypatch.setitem(CATALOGUE, "tiny", dataclasses.replace(CATALOGUE["tiny"], **facts))  # type: ignore[arg-type]


def leftovers(cache: Path) -> set[str]:
    return {path.name for path in cache.iterdir()} - {"tiny.pth.lock"}


def refusal(limits: Limits = QUICK) -> str:
    with pytest.raises(WeightsError) as caught:
        fetch("tiny", limits=limits)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_fetches_verifies_and_reports_progress(behaviour: Any, cache: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    assert locate("tiny") is None
    assert check("tiny") == "missing"
    path = fetch("tiny", lambda done, total: steps.append((done, total)), limits=QUICK)
    assert path == cache / "tiny.pth" == locate("tiny")
    assert path.read_bytes() == PAYLOAD
    assert (place("tiny"), check("tiny")) == ("cache", "verified")
    assert steps == sorted(steps)
    assert steps[-1] == (len(PAYLOAD), len(PAYLOAD))
    assert behaviour.seen[0]["path"] == "/mirror/tiny.pth"
    assert leftovers(cache) == {"tiny.pth"}


def test_a_second_fetch_needs_no_network(behaviour: Any, cache: Path) -> None:
    fetch("tiny", limits=QUICK)
    fetch("tiny", limits=QUICK)
    assert len(behaviour.seen) == 1


def test_an_answer_that_breaks_off_is_resumed_where_it_ended(behaviour: Any, cache: Path) -> None:
    behaviour.cuts = [200_000, 200_000]
    assert fetch("tiny", limits=QUICK).read_bytes() == PAYLOAD
    starts = [int(seen.get("Range", "bytes=0-")[6:-1]) for seen in behaviour.seen]
    assert len(starts) == 3
    assert 0 == starts[0] < starts[1] < starts[2]
    assert behaviour.seen[1]["If-Range"] == '"first"'


def test_a_later_call_resumes_what_an_earlier_one_left(behaviour: Any, cache: Path) -> None:
    behaviour.cuts = [200_000, 0, 0, 0]
    message = refusal()
    assert "broke off after 0.2 MiB" in message
    assert "--encoder slim" in message
    assert locate("tiny") is None
    assert fetch("tiny", limits=QUICK).read_bytes() == PAYLOAD
    assert int(behaviour.seen[-1]["Range"][6:-1]) > 100_000


def test_a_file_that_changed_on_the_server_is_fetched_from_the_start(behaviour: Any, cache: Path) -> None:
    behaviour.payload, behaviour.cuts = PAYLOAD[::-1], [200_000, 0, 0]
    refusal()
    behaviour.payload, behaviour.etag = PAYLOAD, '"second"'
    assert fetch("tiny", limits=QUICK).read_bytes() == PAYLOAD


def test_without_an_etag_a_changed_file_is_noticed_by_its_checksum_and_fetched_again(behaviour: Any, cache: Path) -> None:
    behaviour.etag, behaviour.payload, behaviour.cuts = "", PAYLOAD[::-1], [200_000, 0, 0]
    refusal()
    assert "If-Range" not in behaviour.seen[-1]
    behaviour.payload = PAYLOAD
    assert fetch("tiny", limits=QUICK).read_bytes() == PAYLOAD


def test_a_weak_etag_is_not_used_to_resume(behaviour: Any, cache: Path) -> None:
    behaviour.etag, behaviour.cuts = 'W/"first"', [200_000]
    fetch("tiny", limits=QUICK)
    assert "If-Range" not in behaviour.seen[1]


def test_a_server_without_ranges_is_asked_again_from_the_start(behaviour: Any, cache: Path) -> None:
    behaviour.ranges, behaviour.cuts = False, [200_000]
    assert fetch("tiny", limits=QUICK).read_bytes() == PAYLOAD


def test_a_wrong_file_is_removed(behaviour: Any, cache: Path) -> None:
    behaviour.payload = PAYLOAD[::-1]
    message = refusal()
    assert "not the published file" in message
    assert len(behaviour.seen) == 1
    assert leftovers(cache) == set()


def test_a_file_of_another_size_is_refused_before_it_is_downloaded(behaviour: Any, cache: Path) -> None:
    behaviour.payload = PAYLOAD[:-1]
    assert "offers a file of 511,999 bytes, which should have 512,000" in refusal()
    assert leftovers(cache) <= {"tiny.pth.part.etag"}


def test_a_checksum_of_eight_digits_and_no_size_is_enough(behaviour: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(monkeypatch, size=None, sha256=CATALOGUE["tiny"].sha256[:8])
    behaviour.length, behaviour.cuts = True, [200_000]
    assert fetch("tiny", limits=QUICK).read_bytes() == PAYLOAD
    assert check("tiny") == "verified"


def test_a_truncated_answer_without_a_length_is_caught_by_the_checksum(
    behaviour: Any, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(monkeypatch, size=None)
    behaviour.length, behaviour.cuts = False, [200_000, 200_000]
    assert "not the published file" in refusal()


def test_a_stalling_server_is_given_up_quickly(behaviour: Any, cache: Path) -> None:
    behaviour.stall_at = 70_000
    limits = dataclasses.replace(QUICK, stall=0.3)
    assert "sent nothing for 0.3 s after" in refusal(limits)
    assert len(behaviour.seen) == limits.attempts


@pytest.mark.parametrize(("status", "requests"), [(404, 1), (403, 1), (503, 3)])
def test_refusals_of_the_server(behaviour: Any, cache: Path, status: int, requests: int) -> None:
    behaviour.status = status
    message = refusal()
    assert f"answers {status}" in message
    assert "fetch https://example.invalid/models/tiny.pth elsewhere" in message
    assert str(cache / "tiny.pth") in message
    assert len(behaviour.seen) == requests


def test_the_login_page_of_a_network_is_not_taken_for_weights(behaviour: Any, cache: Path) -> None:
    behaviour.html = True
    assert "web page" in refusal()


def test_no_network_is_said_at_once(behaviour: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPASTO_WEIGHTS_URL", "http://127.0.0.1:9")
    patient = Limits(pause=60.0)
    with pytest.raises(WeightsError, match=r"^cannot fetch 'tiny': no connection to 127\.0\.0\.1:9; fetch https"):
        fetch("tiny", limits=patient)


def test_a_senseless_mirror(behaviour: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPASTO_WEIGHTS_URL", "not an address")
    assert "is no usable address" in refusal()


def test_a_full_disk(behaviour: Any, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download, "_write", full)
    assert "the disk is full after 0.0 MiB of 'tiny'; make room in" in refusal()


def test_too_little_room_is_noticed_before_anything_is_written(
    behaviour: Any, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    assert "not enough disk space for 'tiny', which needs 0.5 MiB more" in refusal()
    assert "tiny.pth.part" not in leftovers(cache)


def test_a_cache_that_cannot_be_made(behaviour: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("IMPASTO_HOME", str(tmp_path / "file"))
    assert "set IMPASTO_HOME to another folder" in refusal()


def test_two_that_ask_at_once_share_one_download(behaviour: Any, cache: Path) -> None:
    paths: list[Path] = []
    threads = [threading.Thread(target=lambda: paths.append(fetch("tiny", limits=QUICK))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert paths == [cache / "tiny.pth"] * 4
    assert len(behaviour.seen) == 1


def test_an_interrupted_finish_needs_no_network(behaviour: Any, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "tiny.pth.part").write_bytes(PAYLOAD)
    assert fetch("tiny", limits=QUICK).read_bytes() == PAYLOAD
    assert behaviour.seen == []


def test_a_part_longer_than_the_file_is_thrown_away(behaviour: Any, cache: Path) -> None:
    cache.mkdir(parents=True)
    (cache / "tiny.pth.part").write_bytes(PAYLOAD + b"more")
    assert fetch("tiny", limits=QUICK).read_bytes() == PAYLOAD


def test_a_damaged_copy_is_seen_and_can_be_discarded(behaviour: Any, cache: Path) -> None:
    path = fetch("tiny", limits=QUICK)
    path.write_bytes(PAYLOAD[::-1])
    assert check("tiny") == "damaged"
    discard("tiny")
    assert check("tiny") == "missing"
    path.write_bytes(PAYLOAD[:-1])
    assert locate("tiny") is None


def test_what_torchvision_downloaded_is_used(behaviour: Any, cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "torch" / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "tiny.pth").write_bytes(PAYLOAD)
    assert fetch("tiny") == folder / "tiny.pth"
    assert (place("tiny"), check("tiny")) == ("torch hub", "verified")
    assert behaviour.seen == []


def test_unknown_names_get_a_suggestion(cache: Path) -> None:
    with pytest.raises(WeightsError, match="did you mean 'vgg19'"):
        fetch("vgg91")


def test_the_cache_moves_with_its_variable(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_folder() == tmp_path / "home" / "weights"
    monkeypatch.delenv("IMPASTO_HOME")
    assert cache_folder().parts[-2:] == ("impasto", "weights")


def test_the_catalogue_holds_together() -> None:
    for name, entry in CATALOGUE.items():
        assert name == entry.name
        assert entry.licence
        if not entry.embedded:
            assert entry.url.endswith(f"/{entry.file}")
            assert entry.sha256[:8] in entry.file
            assert len(entry.sha256) in (8, 64)
    assert CATALOGUE["slim"].embedded


def test_the_store_needs_neither_torch_nor_requests_to_look() -> None:
    code = "import sys, impasto.weights.store, impasto.encoders.registry, impasto.cli.models, impasto.cli.doctor; "
    code += "sys.exit(str({'torch', 'requests'} & set(sys.modules)) if {'torch', 'requests'} & set(sys.modules) else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
