"""`impasto evaluate`: the table, the files it writes, and one clear line for bad input."""

import csv
import json
import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from impasto import images
from impasto.cli import evaluate
from impasto.cli.main import main
from impasto.cli.parsing import Parser
from impasto.metrics import MEASURES

pytest.importorskip("torchmetrics")
PAIR = ("--content", "photo.png", "--style", "style.png")
QUICK = ("--judge", "random", "--device", "cpu")


@pytest.fixture(autouse=True)
def _nothing_here(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path_factory.mktemp("empty")
    monkeypatch.setenv("IMPASTO_HOME", str(empty))
    monkeypatch.setenv("TORCH_HOME", str(empty))


def scores(table: str) -> dict[str, list[str]]:
    """{measure: the words after it}."""
    return {line.split()[0]: line.split()[1:] for line in table.splitlines() if line.startswith("  ")}


def mix(place: Path, name: str, share: float) -> None:
    """A pastiche of sorts: the photo, and so much of the style image laid over it."""
    photo, style = (images.as_float(images.read(place / file)) for file in ("photo.png", "style.png"))
    (place / name).parent.mkdir(parents=True, exist_ok=True)
    mixed = photo + share * (style - photo)
    images.write(images.Picture.from_array(mixed), place / name, settings={"settings": {"encoder": "slim"}})


def test_one_pair_as_a_table(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix(place, "out.png", 0.5)
    assert main(["evaluate", "out.png", *PAIR, *QUICK]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("1 pastiche, at 512 pixels at most; judge: random")
    found = scores(captured.out)
    assert {"patches", "colours", "gram", "moments", "ssim", "features", "self_similarity"} <= found.keys()
    assert 0 < float(found["patches"][0]) < 1
    assert "unavailable:" in captured.out
    assert "art_fid" in captured.out.partition("unavailable:")[2]
    assert "flatters" not in captured.out
    assert captured.err == "evaluate: 1 pastiche\n"


def test_layers_and_quiet(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix(place, "out.png", 0.5)
    assert main(["evaluate", "out.png", *PAIR, *QUICK, "--layers", "-q"]) == 0
    captured = capsys.readouterr()
    assert captured.out.count("scale16") == 2
    assert captured.err == ""


def test_the_judge_that_painted_is_warned_of(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix(place, "out.png", 0.5)
    assert main(["evaluate", "out.png", *PAIR, "--judge", "slim", "--device", "cpu"]) == 0
    assert "note: the judge 'slim' is the encoder that these were painted with" in capsys.readouterr().out


def test_a_folder_of_each_method_as_json_csv_and_plot(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    for number, share in enumerate((0.2, 0.3, 0.4)):
        mix(place, f"weak/{number}.png", share)
        mix(place, f"strong/{number}.png", share + 0.5)
    outputs = ("--json", "s.json", "--csv", "s.csv", "--plot", "s.png")
    assert main(["evaluate", "weak", "strong", *PAIR, *QUICK, *outputs, "--ends"]) == 0
    found = json.loads((place / "s.json").read_text())
    ends = ["the photo itself", "the style itself"]
    assert list(found["methods"]) == [*ends, "weak", "strong"]
    assert found["judge"]["name"] == "random"
    for name, better in (("patches", "strong"), ("gram", "strong"), ("features", "weak")):
        means = {method: found["methods"][method][name]["mean"] for method in ("weak", "strong")}
        assert min(means, key=lambda method: means[method]) == better
    weak = found["methods"]["weak"]["ssim"]
    values = [row["scores"]["ssim"] for row in found["pairs"] if row["method"] == "weak"]
    assert weak["mean"] == pytest.approx(np.mean(values))
    assert min(values) <= weak["low"] < weak["mean"] < weak["high"] <= max(values)
    assert weak["count"] == len(values) == 3
    assert found["measures"]["ssim"]["better"] == "higher"
    assert "art_fid" in found["unavailable"]
    assert found["methods"]["the style itself"]["patches"]["mean"] == pytest.approx(0, abs=1e-6)

    with (place / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["method"] for row in rows] == [*ends, *["weak"] * 3, *["strong"] * 3]
    assert [float(row["ssim"]) for row in rows if row["method"] == "weak"] == pytest.approx(values)
    assert rows[-1]["pastiche"] == str(Path("strong/2.png"))
    assert float(rows[-1]["gram:scale4"]) > 0

    assert images.read(place / "s.png").width > 800
    table = capsys.readouterr().out
    assert "[low, high]: 95% confidence" in table
    assert len([word for word in scores(table)["gram"] if word.startswith("[")]) == 2


def test_an_index_with_a_method_of_its_own(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix(place, "out.png", 0.5)
    (place / "index.csv").write_text("content,style,pastiche,method\nphoto.png,style.png,out.png,ours\n")
    assert main(["evaluate", "index.csv", *QUICK]) == 0
    assert "ours" in capsys.readouterr().out


def test_pastiches_of_different_sizes_do_not_compare(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix(place, "some/a.png", 0.5)
    images.write(images.read(place / "some/a.png").resized(72, 48), place / "some/b.png")
    assert main(["evaluate", "some", *PAIR, *QUICK]) == 0
    assert "note: judged at sizes from 72 to 96 pixels, which do not compare; give --size 72" in capsys.readouterr().out


def test_frames(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    still = images.as_float(images.read(place / "photo.png"))
    random = np.random.default_rng(0)
    for number in range(3):
        for folder, noise in (("film", 0.0), ("calm", 0.01), ("restless", 0.1)):
            (place / folder).mkdir(exist_ok=True)
            frame = np.roll(still, number, 1) + noise * random.standard_normal(still.shape)
            images.write(images.Picture.from_array(frame.clip(0, 1)), place / folder / f"{number}.png")
    assert main(["evaluate", "film", "calm", "restless", "--content", "film", "--frames", *QUICK]) == 0
    found = scores(capsys.readouterr().out)
    film, calm, restless = (float(value) for value in found["flicker"][:3])
    assert film == pytest.approx(1)
    assert 1 < calm < restless


def test_a_bad_picture_is_passed_over_and_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mix(place, "some/good.png", 0.5)
    (place / "some/bad.png").write_bytes(b"no picture")
    assert main(["evaluate", "some", *PAIR, *QUICK, "--json", "s.json"]) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1].startswith(f"impasto: '{Path('some/bad.png')}': ")
    found = json.loads((place / "s.json").read_text())
    assert [Path(row["pastiche"]).name for row in found["pairs"]] == ["good.png"]
    assert found["failed"][0]["pastiche"].endswith("bad.png")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("photo.png",), "give both --content and --style"),
        (("phota.png", *PAIR), "did you mean 'photo.png'"),
        (("photo.png", *PAIR, "--judge", "slimm"), "did you mean 'slim'"),
        (("photo.png", *PAIR, "--weights", "alexnet"), "must be NAME=FILE"),
        (("photo.png", *PAIR, "--weights", "alexnet=none.pth"), "there is no file 'none.pth'"),
        (("photo.png", *PAIR, "--weights", "vgg20=photo.png"), "unknown weights 'vgg20'"),
        (("photo.png", *PAIR, "--size", "40"), "the judge 'random' needs 32"),
        (("photo.png", *PAIR, "--size", "0"), "size must be a positive whole number"),
        (("photo.png", *PAIR, "--json", "no/s.json"), "does not exist"),
        (("photo.png", *PAIR, "--json", "style.png"), "would replace what is read"),
        (("photo.png", *PAIR, "--json", "s", "--csv", "s"), "two outputs have the name"),
        (("photo.png", *PAIR, "--plot", "s.gif"), "s.gif"),
        (("photo.png", *PAIR, "--frames"), "their folder with --content"),
        (("photo.png", "--content", "photo.png", "--style", "none.png"), "does not exist"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    words: tuple[str, ...], said: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(place.iterdir())
    assert main(["evaluate", *words, *(() if "--judge" in words else QUICK)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert said in lines[-1]
    assert sum(line.startswith("impasto: ") for line in lines) == 1
    assert set(place.iterdir()) == before


def test_a_picture_that_is_none_alone_is_its_own_message(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "bad.png").write_bytes(b"no picture")
    assert main(["evaluate", "bad.png", *PAIR, *QUICK]) == 2
    assert "bad.png" in capsys.readouterr().err


def test_without_matplotlib_the_plot_is_refused_before_the_work(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["evaluate", "photo.png", *PAIR, *QUICK, "--plot", "s.png"]) == 2
    assert "pip install 'impasto[figures]'" in capsys.readouterr().err


def test_the_example_of_the_documentation_is_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The columns without a network's hand in them, figure by figure; the fast method's network may be trained anew."""
    root = Path(__file__).parents[2]
    page = (root / "docs" / "evaluating.md").read_text(encoding="utf-8")
    commands, printed = re.findall(r"^## An example\n.*?^```sh\n(.*?)^```\n+```text\n(.*?)^```", page, re.S | re.M)[0]
    monkeypatch.chdir(tmp_path)
    for line in commands.splitlines():
        words = [str(root / word) if word.startswith("examples/") else word for word in shlex.split(line)[1:]]
        assert main([*words, "-q"]) == 0
    found, written = scores(capsys.readouterr().out), scores(printed)
    assert found.keys() == written.keys()
    for measure in ("patches", "colours", "gram", "moments", "ssim", "ms_ssim", "features", "self_similarity"):
        numbers = [[float(word) for word in words[measure][:4]] for words in (found, written)]
        assert numbers[0][:3] == pytest.approx(numbers[1][:3], rel=0.02, abs=1e-3)
        if measure not in ("patches", "colours"):  # there the two are close
            assert (numbers[0][2] < numbers[0][3]) == (numbers[1][2] < numbers[1][3])


def test_every_option_is_explained() -> None:
    subparsers = Parser(prog="impasto").add_subparsers()
    evaluate.register(subparsers)
    options = {name for action in subparsers.choices["evaluate"]._actions for name in action.option_strings}
    page = (Path(__file__).parents[2] / "docs" / "evaluating.md").read_text(encoding="utf-8")
    assert {name for name in options if name.startswith("--")} - {"--help"} <= set(re.findall(r"--[a-z][a-z-]+", page))


def test_every_measure_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "evaluating.md").read_text(encoding="utf-8")
    assert not [name for name in MEASURES if f"`{name}`" not in page]


def test_the_help_loads_nothing_heavy() -> None:
    import subprocess

    code = (
        "import sys\nfrom impasto.cli.main import main\n"
        "try:\n    main(['evaluate', '--help'])\nexcept SystemExit:\n    pass\n"
        "sys.exit(bool({'torch', 'numpy', 'torchmetrics', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
