"""MkDocs hook: pages that live elsewhere in the repository, and links that lead out of docs/.

Model cards, the changelog and their like stay where GitHub's readers and the tests look for them; here they become pages of the
site. A link from a page to one of them is turned to the page; one to a JSON of results takes the file along; one to anything
else (source code, say) keeps its words and loses its link, because the site has no such file.
"""

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
    "benchmarks/README.md": "measuring.md",
    "examples/README.md": "examples.md",
}
CARDS, RESULTS = "src/impasto/weights", "benchmarks/results"
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
FENCE = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages, and the results as they are."""
    root = Path(config.config_file_path).parent
    for source, page in neighbours(root).items():
        if page not in files.src_uris:
            files.append(File.generated(config, page, content=(root / source).read_text(encoding="utf-8")))
    for result in sorted((root / RESULTS).glob("*.json")):
        files.append(File.generated(config, f"results/{result.name}", abs_src_path=str(result)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turns the page's links."""
    root = Path(config.config_file_path).parent
    pages = neighbours(root)
    homes = {uri: source for source, uri in pages.items() if source != "README.md"}
    here = homes.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    parts = FENCE.split(markdown)
    return "".join(part if part.startswith("```") else turned(part, here, page.file.src_uri, pages) for part in parts)


def neighbours(root: Path) -> dict[str, str]:
    """{file in the repository: page of the site}."""
    return PAGES | {f"{CARDS}/{card.name}": f"models/{card.name}" for card in sorted((root / CARDS).glob("*.md"))}


def turned(text: str, here: str, page: str, pages: dict[str, str]) -> str:
    """The text of the file `here`, shown as `page`, with links as the site wants them."""

    def turn(match: re.Match[str]) -> str:
        picture, words, target, anchor = match[1], match[2], match[3], match[4] or ""
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(here), target))
        uri = destination(file, pages)
        if uri is None:
            return words if picture else f"{words}"
        return f"{picture}[{words}]({posixpath.relpath(uri, posixpath.dirname(page) or '.')}{anchor})"

    return LINK.sub(turn, text)


def destination(file: str, pages: dict[str, str]) -> str | None:
    """Where the site has a file of the repository; None where it has not."""
    if file in pages:
        return pages[file]
    homes: Iterable[tuple[str, str]] = (("docs/", ""), (f"{RESULTS}/", "results/"))
    return next((home + file.removeprefix(start) for start, home in homes if file.startswith(start)), None)
