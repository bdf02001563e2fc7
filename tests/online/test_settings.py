"""Settings are checked once, at the edge, and say what is wrong in a line."""

from typing import Any

import pytest

from impasto.errors import InputError
from impasto.online.checks import weighted
from impasto.online.settings import Settings, make_settings, merge


def test_lists_and_weights_in_any_spelling() -> None:
    one = make_settings({"style_layers": {"relu1_1": 256, "relu2_1": 1}, "style_weights": [1, 2], "level_iterations": 5})
    assert one.style_layers == ("relu1_1:256", "relu2_1:1")
    assert one.style_weights == (1, 2)
    assert one.level_iterations == (5,)
    assert make_settings({"content_models": "laplacian"}).content_models == ("laplacian",)
    assert weighted("style_layers", ("relu1_1:256", "relu2_1")) == {"relu1_1": 256.0, "relu2_1": 1.0}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"color": "keeep"}, "--color is 'keeep'; choose one of style, keep, match, only; did you mean 'keep'?"),
        ({"content_models": ["featurs"]}, "unknown content model 'featurs'; did you mean 'features'?"),
        ({"content_models": []}, "--content-models is empty"),
        ({"style_layers": ["relu1_1:x"]}, "--style-layers: 'x' in 'relu1_1:x' is no weight"),
        ({"style_layers": ["relu1_1:-1"]}, "--style-layers is -1.0; it must be a number of at least 0"),
        ({"style_layers": ["relu1_1:0"]}, "--style-layers are all 0"),
        ({"style_layers": ["relu1_1", "relu1_1:2"]}, "--style-layers names relu1_1 twice"),
        ({"style_layers": [":2"]}, "names nothing"),
        ({"normalize_gradients": "yes"}, "it is either on (true) or off (false)"),
        ({"level_iterations": [100, 0]}, "--level-iterations is 0"),
        ({"level_iterations": []}, "--level-iterations is empty"),
        ({"iterations": 5, "level_iterations": [5]}, "give one of them"),
        ({"level_ratio": 1}, "--level-ratio is 1; it must be a number of at least 1.1"),
        ({"style_rotations": ["x"]}, "--style-rotations is x"),
        ({"style_rescalings": [0]}, "--style-rescalings is 0"),
        ({"texture": 3}, "--texture is 3; it must be a word"),
        ({"style_weights": True}, "--style-weights is True"),
        ({"strenth": 1}, "unknown setting 'strenth'; did you mean 'strength'?"),
    ],
)
def test_what_cannot_be(values: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        make_settings(values)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_last_layer_is_on_top() -> None:
    assert merge({"seed": 1, "size": 64}, {"seed": 2}) == {"seed": 2, "size": 64}


def test_a_number_of_steps_takes_the_place_of_the_other_kind() -> None:
    assert merge({"level_iterations": [9]}, {"iterations": 5}) == {"iterations": 5}
    assert merge({"iterations": 5}, {"level_iterations": [9]}) == {"level_iterations": [9]}
    assert merge({"iterations": 5}, {"iterations": None, "level_iterations": [9]})["level_iterations"] == [9]
    with pytest.raises(InputError):
        make_settings(merge({}, {"iterations": 5, "level_iterations": [9]}))


def test_settings_survive_as_plain_values() -> None:
    settings = Settings(style_layers=("relu1_1:2",), style_rotations=(90.0,), level_iterations=(3, 2))
    assert make_settings(settings.as_dict()) == settings
