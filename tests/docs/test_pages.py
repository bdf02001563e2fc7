"""The pages are complete and true to the program: models, presets, options, commands, pictures."""

import importlib.util
import re
from pathlib import Path

import pytest

import variations
from impasto import content, presets, texture
from impasto.cli.main import COMMANDS
from impasto.online.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
NOT_FOR_USERS = {"worker"}
"""Commands that others start."""


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", texture.MODELS)
def test_every_texture_model_has_its_equation_and_its_paper(name: str) -> None:
    section = re.search(rf"^### `{name}`\n(.*?)(?=^##)", read("texture-models.md"), re.MULTILINE | re.DOTALL)
    assert section, f"{name} has no section"
    assert re.search(r"\$\$.+?d = .+?\$\$", section[1], re.DOTALL)
    assert re.search(r"arXiv\s+\d{4}\.\d{5}|International Journal", section[1])
    for page in ("painting.md", "texture-models.md"):
        assert f"`{name}`" in read(page)


@pytest.mark.parametrize("name", content.MODELS)
def test_every_content_model_is_explained(name: str) -> None:
    for page in ("painting.md", "controls.md", "texture-models.md"):
        assert f"`{name}`" in read(page)


@pytest.mark.parametrize("name", presets.names())
def test_every_preset_is_compared_with_its_source(name: str) -> None:
    row = re.search(rf"^\| `{name}` \|(.+)\|$", read("presets.md"), re.MULTILINE)
    assert row
    does, ours, differs = (cell.strip() for cell in row[1].split(" | "))
    assert does
    assert ours
    assert len(differs.split()) > 4, "the last column says where we differ, and why"


@pytest.mark.parametrize("name", presets.names())
def test_every_setting_of_a_preset_stands_in_the_table(name: str) -> None:
    heads, *rows = [
        [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        for line in read("presets.md").partition("<!-- table: presets -->")[2].partition("<!-- /table -->")[0].splitlines()
        if line.startswith("|") and "---" not in line
    ]
    column = heads.index(name)
    written = {row[0]: row[column] for row in rows if row[column]}
    meant = presets.load(name)
    assert set(written) == set(meant)
    for setting, value in meant.items():
        assert written[setting] == ", ".join(plain(one) for one in (value if isinstance(value, list) else [value]))


def plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_every_setting_is_an_option_of_the_reference() -> None:
    options = set(re.findall(r"`--([a-z-]+)", read("painting.md")))
    assert {name.replace("_", "-") for name in Settings.__dataclass_fields__} <= options


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in NOT_FOR_USERS])
def test_every_command_is_written_about(command: str) -> None:
    assert any(f"impasto {command}" in page.read_text(encoding="utf-8") for page in PAGES)


def shown_pictures() -> set[str]:
    """Pictures of docs/images that any page shows, by file name; the studio's are another script's."""
    found: set[str] = set()
    for page in (*PAGES, ROOT / "README.md"):
        found |= set(re.findall(r"\]\((?:docs/)?images/([^/)\s]+)\)", page.read_text(encoding="utf-8")))
        found |= set(re.findall(r"docs/images/([a-z-]+\.jpg)", page.read_text(encoding="utf-8")))
    return found


def test_every_picture_is_made_by_a_command_and_shown_somewhere() -> None:
    pytest.importorskip("torch")
    docs_pictures = pytest.importorskip("docs_pictures")
    text = (ROOT / "examples" / "docs_pictures.py").read_text(encoding="utf-8")
    made = (
        set(re.findall(r'"([a-z]+\.(?:jpg|png))":', text)) | {f"{name}.jpg" for name in docs_pictures.VARIATIONS} | {"hero.jpg"}
    )
    methods = {f"method-{name}.jpg" for name in (*variations.METHODS, *presets.names())}
    shown = shown_pictures()
    assert shown <= made | methods
    assert made <= shown
    assert {path.name for path in (DOCS / "images").glob("*.*")} <= made | methods


def test_the_controls_show_what_varies() -> None:
    controls = read("controls.md")
    for name, variation in variations.VARIATIONS.items():
        assert f"images/{name}.jpg" in controls
        assert f"`--{variation.setting.replace('_', '-')}`" in controls


def test_the_diagram_is_what_its_script_draws() -> None:
    spec = importlib.util.spec_from_file_location("diagram", DOCS / "_site" / "diagram.py")
    assert spec is not None
    assert spec.loader is not None
    diagram = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(diagram)
    assert (DOCS / "assets" / "architecture.svg").read_text(encoding="utf-8") == diagram.svg()
