"""A JSON file with a list of objects, each a case."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue

from genaiops.datasets.json_case import notes_on, parse_object
from genaiops.datasets.written import Entry
from genaiops.errors import Fault, InputError
from genaiops.specs.json_text import decoder, refuse_half_characters
from genaiops.specs.load import read_text

MAX_BYTES = 100_000_000
_SPACE = re.compile(r"\s*")


def read_json_list(path: Path, shown: str) -> Iterator[Entry]:
    """The cases of a JSON list, with the faults of each.

    The text is held whole, and its values one by one.

    Raises:
        SpecError: the file cannot be read, is not UTF-8, or is too large.
    """
    text = read_text(path, shown, max_bytes=MAX_BYTES)
    items = _Items(text)
    told = set[str]()
    try:
        for value in items:
            try:
                case = parse_object(value, items.line)
            except InputError as error:
                yield Fault(shown, items.line, items.column, str(error))
                continue
            for note in notes_on(value):
                if note not in told:
                    told.add(note)
                    yield Fault(shown, items.line, items.column, note, "warning")
            yield case
    except json.JSONDecodeError as error:
        yield Fault(shown, error.lineno, error.colno, f"not JSON: {error.msg}")
    except RecursionError:
        yield Fault(shown, items.line, items.column, "nested too deep")
    except (InputError, ValueError) as error:
        yield Fault(shown, items.line, items.column, str(error))


class _Items:
    """Iterates over the values of a JSON list; `line` and `column` are where the last begins.

    Raises:
        InputError: while iterating, the text is no list.
        json.JSONDecodeError: it is not JSON.
    """

    def __init__(self, text: str) -> None:
        self.line = 1
        self.column = 1
        self._text = text
        self._marked = 0

    def __iter__(self) -> Iterator[JsonValue]:
        text, decode = self._text, decoder().raw_decode
        place = self._skip(0)
        if not text.startswith("[", place):
            raise InputError(
                "a .json file holds a list of objects; with one object a line, call it .jsonl"
            )
        place = self._skip(place + 1)
        while not text.startswith("]", place):
            self._mark(place)
            value, end = decode(text, place)
            refuse_half_characters(text[place:end], value)
            yield value
            place = self._skip(end)
            if text.startswith(",", place):
                place = self._skip(place + 1)
            elif not text.startswith("]", place):
                raise json.JSONDecodeError("Expecting ',' delimiter", text, place)
        if self._skip(place + 1) < len(text):
            raise json.JSONDecodeError("Extra data", text, place + 1)

    def _skip(self, place: int) -> int:
        match = _SPACE.match(self._text, place)
        return match.end() if match else place

    def _mark(self, place: int) -> None:
        self.line += self._text.count("\n", self._marked, place)
        self.column = place - self._text.rfind("\n", 0, place)
        self._marked = place
