"""A command line of neural-style-pt's carries over: every option of its, into ours, or a word on why not."""

from pathlib import Path

import pytest

from impasto import images, presets
from impasto.cli import options
from impasto.cli.parsing import Parser
from impasto.cli.translation import preset_of, translate
from impasto.errors import InputError
from impasto.images import Picture
from impasto.online.settings import Settings, make_settings

PRESET = "neural-style-pt"
PICTURES = ["-content_image", "photo.jpg", "-style_image", "waves.jpg"]


def told(*words: str) -> tuple[list[str], list[str]]:
    translation = translate(["--preset", PRESET, *words], PRESET, presets.document(PRESET))
    return translation.words, translation.notes


def settings(*words: str) -> Settings:
    """What is painted with, after our parser."""
    parser = Parser(add_help=False)
    options.add_arguments(parser)
    return make_settings(options.chosen_settings(parser.parse_args(told(*PICTURES, *words)[0])))


def test_a_whole_command_line() -> None:
    words, notes = told(
        *PICTURES, "-output_image", "o.png", "-num_iterations", "500", "-init", "random", "-gpu", "c", "-backend", "mkl"
    )
    assert words[:2] == ["photo.jpg", "waves.jpg"]
    parser = Parser(add_help=False)
    options.add_arguments(parser)
    args = parser.parse_args(words)
    assert args.output == Path("o.png")
    assert args.preset == PRESET
    chosen = make_settings(options.chosen_settings(args))
    assert (chosen.iterations, chosen.init, chosen.device, chosen.texture) == (500, "noise", "cpu", "gram")
    assert notes == ["-backend: PyTorch chooses by itself"]


def test_nothing_of_the_tools_is_nothing_to_translate() -> None:
    assert told("photo.jpg", "waves.jpg", "-o", "out.png", "-q") == (
        ["--preset", PRESET, "photo.jpg", "waves.jpg", "-o", "out.png", "-q"],
        [],
    )


def test_every_option_of_the_tool_is_known() -> None:
    theirs = (
        "style_image style_blend_weights content_image image_size gpu content_weight style_weight tv_weight num_iterations "
        "init init_image optimizer learning_rate lbfgs_num_correction print_iter save_iter output_image style_scale "
        "original_colors pooling model_file disable_check backend cudnn_autotune seed content_layers style_layers "
        "multidevice_strategy normalize_weights normalize_gradients"
    )
    table = presets.document(PRESET)["options"]
    assert set(theirs.split()) == set(table)
    ours = {option.name for group in options.GROUPS.values() for option in group} | {"CONTENT", "STYLE"}
    assert {rule["is"] for rule in table.values() if "is" in rule} <= ours


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (["-image_size", "256"], "size", 256),
        (["-style_scale=1.5"], "style_scale", 1.5),
        (["-style_blend_weights", "1,2"], "style_weights", (1.0, 2.0)),
        (["-content_weight", "10"], "content_weight", 2.0),
        (["-style_weight", "1e3"], "style_weight", 10.0),
        (["-tv_weight", "0"], "tv_weight", 0.0),
        (["-pooling", "avg"], "pooling", "average"),
        (["-original_colors", "1"], "color", "keep"),
        (["-original_colors", "0"], "color", "style"),
        (["-init", "image"], "init", "content"),
        (["-init", "image", "-init_image", "start.png"], "init", "start.png"),
        (["-init_image", "start.png"], "init", "noise"),
        (["-optimizer", "adam"], "learning_rate", 1 / 255),
        (["-optimizer", "adam", "-learning_rate", "10"], "learning_rate", 10 / 255),
        (["-learning_rate", "10"], "learning_rate", None),
        (["-seed", "7"], "seed", 7),
        (["-seed", "-1"], "seed", 0),
        (["-gpu", "c"], "device", "cpu"),
        (["-gpu", "0"], "device", "auto"),
        (["-gpu", "1"], "device", "cuda:1"),
        (["-gpu", "1,0"], "device", "cuda:1"),
        (["-model_file", "models/vgg19.pth"], "encoder", "models/vgg19.pth"),
        (["-normalize_gradients"], "normalize_gradients", True),
        (["-style_layers", "relu1_1,relu2_1"], "style_layers", ("relu1_1", "relu2_1")),
    ],
)
def test_an_option(words: list[str], name: str, value: object) -> None:
    base = presets.load(PRESET).get(name, getattr(Settings(), name)) if name.endswith("weight") else 1
    assert getattr(settings(*words), name) == (pytest.approx(value * base, rel=1e-4) if isinstance(value, float) else value)


def test_losses_of_layers_add_up_there_and_are_averaged_here() -> None:
    base = settings().style_weight
    layers = ["-style_layers", "relu1_1,relu2_1"]
    assert settings(*layers).style_weight == pytest.approx(base * 2 / 5)
    assert settings(*layers, "-style_weight", "200").style_weight == pytest.approx(base * 4 / 5)
    assert settings("-normalize_weights").style_weight == pytest.approx(base / 5)
    assert settings("-normalize_weights").content_weight == pytest.approx(settings().content_weight)


def test_ours_beats_theirs() -> None:
    assert settings("-num_iterations", "500", "--iterations", "20").iterations == 20
    words, _ = told(*PICTURES, "-output_image", "theirs.png", "-o", "ours.png")
    assert "theirs.png" not in words


def test_a_folder_of_styles_stands_for_its_pictures(tmp_path: Path) -> None:
    import numpy as np

    for name in ("b.png", "a.png"):
        images.write(Picture(np.zeros((4, 4, 3), np.uint8)), tmp_path / name)
    (tmp_path / "notes.txt").touch()
    words, _ = told("-content_image", "photo.jpg", "-style_image", f"waves.jpg,{tmp_path}")
    assert words[:4] == ["photo.jpg", "waves.jpg", str(tmp_path / "a.png"), str(tmp_path / "b.png")]


@pytest.mark.parametrize(
    ("words", "note"),
    [
        (["-lbfgs_num_correction", "50"], "-lbfgs_num_correction: Impasto's L-BFGS"),
        (["-multidevice_strategy", "4"], "-multidevice_strategy: Impasto paints on one device"),
        (["-init_image", "x.png"], "-init_image counts only with -init image"),
        (["-learning_rate", "2"], "-learning_rate counts only with -optimizer adam"),
        (["-gpu", "0"], "the device is chosen by itself"),
        (["-normalize_gradients"], "each layer's gradient by its L1 norm"),
    ],
)
def test_nothing_is_left_out_in_silence(words: list[str], note: str) -> None:
    assert any(note in said for said in told(*PICTURES, *words)[1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-style_imag", "a.jpg"], "neural-style-pt has no option '-style_imag'; did you mean '-style_image'?"),
        (["-init", "grey"], "-init is 'grey'; choose one of random, image"),
        (["-original_colors", "2"], "-original_colors is '2'; choose one of 0, 1"),
        (["-content_weight", "much"], "-content_weight: 'much' is no number"),
        (["-gpu", "fast"], "-gpu is 'fast'"),
        (["-style_image"], "-style_image needs a value"),
    ],
)
def test_slips(words: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        told(*words)
    assert said in str(caught.value)


def test_which_preset() -> None:
    assert preset_of(["a.jpg", "--preset", "gatys", "b.jpg"]) == "gatys"
    assert preset_of(["--preset=gatys", "--preset=nnst"]) == "nnst"
    assert preset_of(["--preset"]) is None
    assert preset_of(["a.jpg"]) is None
