"""The site is built strictly: no missing page, link, anchor or docstring, nothing fetched from outside, every formula drawn."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("mkdocs", "material", "mkdocstrings", "mkdocstrings_handlers", "latex2mathml")
OUTSIDE = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        pytest.skip(f"needs {', '.join(missing)}: pip install 'impasto[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "-f",
        str(ROOT / "mkdocs.yml"),
        "-d",
        str(folder),
    ]
    # What it says of itself is not ASCII, whatever the terminal.
    answer = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", cwd=ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return folder


def pages(site: Path) -> dict[str, str]:
    return {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}


def test_nothing_comes_from_outside(site: Path) -> None:
    assert not [name for name, text in pages(site).items() if OUTSIDE.search(text)]


def test_formulas_are_drawn_without_a_script(site: Path) -> None:
    texts = pages(site)
    assert texts["texture-models.html"].count("<math") > 20
    assert not [name for name, text in texts.items() if 'class="arithmatex"' in text or "$$" in text]


def test_model_cards_changes_and_results_are_on_it(site: Path) -> None:
    texts = pages(site)
    for card in (ROOT / "src" / "impasto" / "weights").glob("*.md"):
        assert "Licence" in texts[f"models/{card.stem}.html"]
    assert "0.1.0" in texts["changelog.html"]
    for result in (ROOT / "benchmarks" / "results").glob("*.json"):
        assert (site / "results" / result.name).read_bytes() == result.read_bytes()


def test_the_reference_has_words_and_signatures(site: Path) -> None:
    text = pages(site)["python.html"]
    for name in ("impasto.painter.Painter", "impasto.online.settings.Settings", "impasto.texture.base.TextureModel.distance"):
        assert f'id="{name}"' in text
    assert "<strong>masks</strong>" in text


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    texts = pages(site)
    for name, text in texts.items():
        for target in re.findall(r'href="([^"#]+)(?:#[^"]*)?"', text):
            if "://" not in target and not target.startswith(("mailto:", "/")):
                assert (site / name).parent.joinpath(target).resolve().exists(), f"{name}: {target}"
