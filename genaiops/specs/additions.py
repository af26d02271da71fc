"""Keys that a command writes into somebody's YAML file: lines are added, none is changed otherwise.

The text is read again afterwards; what does not come out as it was meant is not written.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from genaiops.errors import SpecError
from genaiops.specs.document import Document, Path, Place
from genaiops.specs.load import parse_yaml

_SCALAR = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s,{}\[\]#"'][^,{}\[\]#\n]*?)(?=[ \t]*(?:[,}\]#\r\n]|\Z))"""


@dataclass(frozen=True, slots=True)
class Addition:
    """A key to be written behind another one of the mapping at `path`, with lines that say why."""

    path: Path
    after: str
    key: str
    value: int | float
    comment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Insert:
    """A text, and the place of the file before which it comes."""

    offset: int
    text: str


def with_additions(text: str, shown: str, additions: Sequence[Addition]) -> str:
    """The text of a file with further keys; all that was there stays as it was written.

    Raises:
        SpecError: a key cannot be placed in what is written there; the place and the key are told.
    """
    document = parse_yaml(text, shown)
    written = _Written(text, document)
    inserts = [insert for addition in additions for insert in written.inserts(addition)]
    added = text
    for insert in sorted(inserts, key=lambda each: each.offset, reverse=True):
        added = added[: insert.offset] + insert.text + added[insert.offset :]
    if _value_of(added, shown) != _expected(document.value, additions):
        raise _cannot(document, additions[0])
    return added


class _Written:
    """A text with its places, as offsets."""

    def __init__(self, text: str, document: Document) -> None:
        self._text = text
        self._document = document
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def inserts(self, addition: Addition) -> Iterator[_Insert]:
        """What has to be inserted where, for one addition."""
        places = self._document.places
        begin, key = places.get(addition.path), places.get((*addition.path, addition.after))
        if begin is None or key is None:
            raise _cannot(self._document, addition)
        quoted = rf"""(?P<quote>["']?){re.escape(addition.after)}(?P=quote)[ \t]*:[ \t]+{_SCALAR}"""
        found = re.compile(quoted).match(self._text, self._offset(key))
        if found is None:
            raise _cannot(self._document, addition)
        new = f"{addition.key}: {addition.value:g}"
        if self._text[self._offset(begin)] == "{":
            yield _Insert(self._lines[begin.line - 1], self._comment(addition, self._margin(begin)))
            yield _Insert(found.end(), f", {new}")
            return
        space = " " * (key.column - 1)
        lines = f"{self._comment(addition, space)}{space}{new}"
        end = self._text.find("\n", found.end())
        if end < 0:
            yield _Insert(len(self._text), f"{self._newline}{lines}")
        else:
            yield _Insert(end + 1, f"{lines}{self._newline}")

    def _offset(self, place: Place) -> int:
        return self._lines[place.line - 1] + place.column - 1

    def _margin(self, place: Place) -> str:
        """The space before the line of a place."""
        line = self._text[self._lines[place.line - 1] :]
        return line[: len(line) - len(line.lstrip(" "))]

    def _comment(self, addition: Addition, space: str) -> str:
        return "".join(f"{space}# {line}{self._newline}" for line in addition.comment)


def _value_of(text: str, shown: str) -> JsonValue:
    try:
        return parse_yaml(text, shown).value
    except SpecError:
        return None


def _expected(value: JsonValue, additions: Sequence[Addition]) -> JsonValue:
    whole = deepcopy(value)
    for addition in additions:
        here: Any = whole
        for step in addition.path:
            here = here[step]
        here[addition.key] = float(f"{addition.value:g}")
    return whole


def _cannot(document: Document, addition: Addition) -> SpecError:
    told = f"cannot be written here by itself; write {addition.key}: {addition.value:g}"
    return SpecError([document.fault((*addition.path, addition.after), told)])
