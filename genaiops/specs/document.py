"""A read file: its value, and where each part of it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import Fault

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column of a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds. `places` has the place of each key and list item by its path."""

    shown: str
    value: JsonValue
    places: Mapping[Path, Place]

    def fault(self, path: Sequence[str | int], message: str, *, warning: bool = False) -> Fault:
        """A fault at a path, or at its nearest ancestor that is written in the file."""
        trail = tuple(path)
        while trail and trail not in self.places:
            trail = trail[:-1]
        place = self.places.get(trail, Place(1, 1))
        return Fault(
            self.shown, place.line, place.column, message, "warning" if warning else "error"
        )
