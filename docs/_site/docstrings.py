"""Griffe extension: the docstrings of this house as Markdown.

They say what a reader has to know of a parameter or a field as `name: words`, at the beginning of a line or of a sentence. As
Markdown that would run together; here it becomes a list.
"""

import inspect
import re
from collections.abc import Iterable
from typing import Any

from griffe import Alias, Class, Extension, Function, Object

INDENTED = re.compile(r"^ {4}")


class Listed(Extension):
    """Turns every `name: words` of a docstring into an entry of a list."""

    def on_object(self, *, obj: Object, **kwargs: Any) -> None:
        """Called for everything that has a docstring, and for what has none."""
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(inspect.cleandoc(obj.docstring.value), names_of(obj))


def names_of(thing: Object) -> set[str]:
    """What the docstring may explain: parameters, fields, properties."""
    names: set[str] = set()
    if isinstance(thing, Function | Class):
        names = {parameter.name.lstrip("*") for parameter in thing.parameters}
    if isinstance(thing, Class):
        names |= {name for name, member in thing.members.items() if not isinstance(member, Alias)}
    return names


def as_markdown(text: str, names: Iterable[str]) -> str:
    """The docstring, paragraph by paragraph, with its entries as a list; indented code is left alone."""
    some = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    if not some:
        return text
    entry = re.compile(rf"(?:^|(?<=[.:;] ))((?:{some})(?:, (?:{some}))*): ")
    return "\n\n".join(paragraph if INDENTED.match(paragraph) else listed(paragraph, entry) for paragraph in text.split("\n\n"))


def listed(paragraph: str, entry: re.Pattern[str]) -> str:
    """One paragraph."""
    words = " ".join(line.strip() for line in paragraph.splitlines())
    before, *entries = entry.split(words)
    if not entries:
        return paragraph
    lines = [f"- **{name}**: {said.strip()}" for name, said in zip(entries[::2], entries[1::2], strict=True)]
    return "\n".join([*([before.strip(), ""] if before.strip() else []), *lines])
