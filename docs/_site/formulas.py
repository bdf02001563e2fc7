"""MkDocs hook: formulas in LaTeX become MathML while the site is built, so that no script draws them and none is fetched."""

import html
import re

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

ARITHMATEX = re.compile(r'<(span|div) class="arithmatex">\\[\[(](.*?)\\[\])]</\1>', re.DOTALL)


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Replaces what arithmatex has marked: `$...$` within a line, `$$...$$` as a block."""
    return ARITHMATEX.sub(drawn, content)


def drawn(match: re.Match[str]) -> str:
    """One formula. Raises ValueError for a command that latex2mathml does not know, which it would print as it is."""
    latex = html.unescape(match[2]).strip()
    block = match[1] == "div"
    formula = convert(latex, display="block" if block else "inline")
    if unknown := re.search(r">(\\[A-Za-z]+)<", formula):
        raise ValueError(f"{unknown[1]} in the formula {latex} is not known to latex2mathml")
    return f'<div class="formula">{formula}</div>' if block else formula
