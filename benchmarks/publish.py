"""Brings the results into the documents, between markers, and says which documents do not agree with them.

A table stands between `<!-- table: NAME -->` and `<!-- /table -->`, a figure within a sentence between
`<!-- value: SUITE KEY=VALUE COLUMN FORMAT -->` and `<!-- /value -->`: the cell of the first row of the suite's JSON in which
the column KEY has that VALUE, in Python's format. A table whose suite has no results yet says so.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from record import HERE, Result, read_all
from tables import TABLES

ROOT = HERE.parent
BLOCK = re.compile(r"(<!-- table: ([a-z0-9-]+) -->\n).*?(<!-- /table -->)", re.DOTALL)
VALUE = re.compile(r"(<!-- value: ([a-z]+) (\S+?)=(\S+) (\S+) (\S+) -->).*?(<!-- /value -->)", re.DOTALL)


def documents() -> list[Path]:
    """Those that may quote results."""
    folders = ("*.md", "docs/*.md", "benchmarks/*.md", "src/impasto/weights/*.md")
    return sorted(path for pattern in folders for path in ROOT.glob(pattern))


def filled(text: str, results: Mapping[str, Result], root: str) -> str:
    """The document with every table and figure as the results have it. root: from the document to the repository's root."""

    def block(match: re.Match[str]) -> str:
        try:
            body = TABLES[match[2]](results, root)
        except KeyError:
            if match[2] not in TABLES:
                raise
            body = "*Not measured yet: `make bench-full` does it.*"
        except IndexError:
            body = "*Not measured yet.*"
        return f"{match[1]}\n{body}\n\n{match[3]}"

    def value(match: re.Match[str]) -> str:
        row = next(row for row in results[match[2]].rows if str(row[match[3]]) == match[4])
        return f"{match[1]}{row[match[5]]:{match[6]}}{match[7]}"

    return VALUE.sub(value, BLOCK.sub(block, text))


def way_to_root(document: Path) -> str:
    """`../` for each folder between the document and the repository's root."""
    return "../" * len(document.relative_to(ROOT).parent.parts)


def publish() -> list[Path]:
    """Fills every document; returns those that changed."""
    changed, results = [], read_all()
    for document in documents():
        text = document.read_text(encoding="utf-8")
        if (new := filled(text, results, way_to_root(document))) != text:
            document.write_text(new, encoding="utf-8")
            changed.append(document)
    return changed
