"""The table of options: complete, documented, with the defaults that are really used."""

import argparse
import re

import pytest

from impasto import encoders
from impasto.cli import options
from impasto.cli.main import main
from impasto.cli.parsing import Parser
from impasto.online.settings import Settings


def parse(*words: str) -> argparse.Namespace:
    parser = Parser(add_help=False)
    options.add_arguments(parser)
    return parser.parse_args(["photo.jpg", "style.jpg", *words])


def help_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit):
        main(["paint", "--help"])
    return capsys.readouterr().out


def test_every_setting_has_an_option() -> None:
    named = {option.name for table in options.GROUPS.values() for option in table}
    assert set(Settings.__dataclass_fields__) <= named


def test_nothing_given_is_nothing_set() -> None:
    assert options.given_settings(parse()) == {}


def test_what_is_given_is_set_even_where_it_is_the_default() -> None:
    args = parse(
        "--strength",
        str(Settings().strength),
        "--size",
        "full",
        "--style-layers",
        "relu1_1, relu2_1",
        "--style-weights",
        "2,0.5",
    )
    given = options.given_settings(args)
    assert given == {
        "strength": Settings().strength,
        "size": "full",
        "style_layers": ("relu1_1", "relu2_1"),
        "style_weights": (2.0, 0.5),
    }
    assert Settings(**given).style_weights == (2.0, 0.5)


def test_the_help_says_the_real_defaults(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(help_text(capsys, monkeypatch).split("examples:")[0].split())
    settings = Settings()
    for option in (option for table in options.GROUPS.values() for option in table):
        value = getattr(settings, option.name, None)
        if value is not None and value is not False and value != ():
            flag = f"--{option.name.replace('_', '-')} {option.metavar}"
            shown = f"{value:g}" if isinstance(value, float) else ",".join(value) if isinstance(value, tuple) else value
            assert re.search(re.escape(flag) + r" (?:(?!\(default).)*\(default: " + re.escape(str(shown)) + r"\)", text), flag


def test_the_help_names_every_texture_model_and_encoder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from impasto.texture import MODELS

    text = help_text(capsys, monkeypatch)
    assert all(name in text for name in (*MODELS, *encoders.names()))


def test_groups_begin_with_what_matters_most(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = help_text(capsys, monkeypatch)
    places = [text.index(f"\n{title}:\n") for title in ("Pictures", *options.GROUPS)]
    assert places == sorted(places)
    assert "examples:\n  impasto paint photo.jpg" in text
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--strength", "much"], "--strength: 'much' is no number"),
        (["--size", "huge"], "--size: 'huge' is no whole number"),
        (["--size", "12.5"], "--size: '12.5' is no whole number"),
        (["--style-layers", "relu1_1,,"], "--style-layers: 'relu1_1,,' must be names"),
        (["--style-weights", "1,x"], "--style-weights: 'x' is no number"),
        (["--quality", "0"], "--quality: 0 must be from 1 to 100"),
        (["--save-every", "0"], "--save-every: 0 must be at least 1"),
        (["--bits", "12"], "--bits: invalid choice: 12"),
        (["--seed"], "--seed: expected one argument"),
    ],
)
def test_words_that_are_no_values(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paint", "a.jpg", "b.jpg", "-o", "c.png", *words]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
