"""The house rules that a program can check: floors, light imports, small files, honest documentation, weights with a card."""

import ast
import importlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from impasto.cli.main import COMMANDS
from impasto.cli.parsing import Parser
from impasto.weights.catalogue import CATALOGUE

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "impasto"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# From the ground up. A file imports only from floors below its own, or from its own.
FLOORS = (
    ("errors", "lazy"),
    ("images",),
    ("weights", "device"),
    ("runtime",),
    ("encoders", "tensors"),
    ("texture",),
    ("content", "spectrum", "evenness"),
    ("objective",),
    ("online", "offline"),
    ("training",),
    ("metrics",),
    ("painting",),
    ("fast",),
    ("painter", "presets"),
    ("reconstruction",),
    ("figures",),
    ("studio",),
    ("cli",),
    ("__main__",),
)
FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names}
HEAVY = ("torch", "numpy", "PIL", "pyvips", "requests", "safetensors")
LONGEST = 300


def room(path: Path) -> str:
    """The package or module directly under `impasto` that a file belongs to; empty for the package's own __init__."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imported_rooms(path: Path) -> set[str]:
    """The rooms of the house that a file imports from, anywhere in it."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; write the module's whole name"
            module = node.module or ""
            modules |= {f"{module}.{alias.name}" for alias in node.names} if module == "impasto" else {module}
    rooms = {module.split(".")[1] for module in modules if module.startswith("impasto.")}
    return {name for name in rooms if name in FLOOR or (PACKAGE / name).is_dir()}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_from_below(path: Path) -> None:
    own = room(path)
    if not own:
        return  # the face: it names what is above it, and loads it at its first use
    assert own in FLOOR, f"{own} stands on no floor; give it one here and in CONTRIBUTING.md"
    assert not {name for name in imported_rooms(path) if name != own and FLOOR[name] >= FLOOR[own]}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_fits_in_a_head_and_says_what_lives_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < LONGEST
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "its first lines must say what lives there"


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("impasto", HEAVY),
        ("impasto.images", HEAVY),
        ("impasto.weights.store", ("torch", "numpy", "PIL", "pyvips")),
        ("impasto.cli.main", HEAVY),
    ],
)
def test_importing_it_costs_nothing(module: str, forbidden: tuple[str, ...]) -> None:
    code = f"import sys, json, {module}; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.split(".")[0] for name in json.loads(answer.stdout)} & set(forbidden)


def test_the_commands_and_the_help_start_without_torch() -> None:
    code = (
        "import sys\nfrom impasto.cli.main import COMMANDS, main\n"
        "for command in COMMANDS:\n    try:\n        main([command, '--help'])\n    except SystemExit:\n        pass\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def documents() -> list[Path]:
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("examples/*.md")]
    return sorted(found)


def snippets(language: str) -> list[tuple[str, str]]:
    fence = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [(path.name, code) for path in documents() for code in fence.findall(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("document", "code"), snippets("python"))
def test_python_in_the_documentation_parses_and_names_what_exists(document: str, code: str) -> None:
    aliases = {"impasto": "impasto"}
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
                aliases[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module or "")
            assert not [alias.name for alias in node.names if not hasattr(module, alias.name)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            assert hasattr(importlib.import_module(aliases[node.value.id]), node.attr), f"{node.value.id}.{node.attr}"


def test_commands_in_the_documentation_are_understood() -> None:
    lines = [line for _, code in snippets("sh") for line in code.replace("\\\n", " ").splitlines()]
    calls = [shlex.split(line, comments=True)[1:] for line in lines if re.match(r"(\S*/)?impasto ", line)]
    assert calls
    for words in calls:
        parser = Parser(prog="impasto")
        subparsers = parser.add_subparsers()
        for command in COMMANDS:
            importlib.import_module(f"impasto.cli.{command}").register(subparsers)
        parser.parse_args(words)  # raises InputError for what does not exist


@pytest.mark.parametrize(
    ("command", "pages"),
    [
        ("paint", ["painting.md"]),
        ("train", ["training.md"]),
        ("reconstruct", ["exploring.md"]),
        ("sheet", ["painting.md", "exploring.md"]),
        ("texture", ["painting.md", "exploring.md"]),
    ],
)
def test_every_option_is_explained(command: str, pages: list[str]) -> None:
    texts = [(ROOT / "docs" / page).read_text(encoding="utf-8") for page in pages]
    assert options_of(command) <= set(re.findall(r"--[a-z][a-z-]+", " ".join(texts)))


def options_of(command: str) -> set[str]:
    """The long options of a command, and of its own commands."""
    subparsers = Parser(prog="impasto").add_subparsers()
    importlib.import_module(f"impasto.cli.{command}").register(subparsers)
    found, parsers = set(), list(subparsers.choices.values())
    while parsers:
        for action in parsers.pop()._actions:
            found |= {option for option in action.option_strings if option.startswith("--") and option != "--help"}
            parsers += list(action.choices.values()) if isinstance(action.choices, dict) else []
    return found


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    missing = [target for target in targets if target and not (document.parent / target).exists()]
    assert not missing


def test_embedded_weights_have_a_model_card() -> None:
    embedded = {entry.file for entry in CATALOGUE.values() if entry.embedded}
    files = [path for path in PACKAGE.rglob("*") if path.suffix in {".safetensors", ".pt", ".pth", ".onnx"}]
    assert {path.name for path in files} == embedded
    for path in files:
        cards = [card.read_text(encoding="utf-8") for card in path.parent.glob("*.md")]
        cards = [card for card in cards if path.name in card]
        assert cards, f"{path.name} needs a model card beside it that names it"
        assert "licence" in cards[0].lower()


def test_everything_that_the_constraints_pin_is_pinned_exactly() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9][^=\s]*", line) for line in pins)
    pinned = {line.split("==")[0] for line in pins}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = set(re.findall(r'^ {4}"([A-Za-z0-9-]+)(?:\[[a-z]+\])?[><=",]', project, re.MULTILINE)) - {"impasto"}
    assert {"torch", "numpy", "pytest"} <= wanted
    assert wanted <= pinned
