"""What a data file says of a case, before it has its id."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from genaiops.errors import Fault


@dataclass(frozen=True, slots=True)
class WrittenCase:
    """A case and the line where it starts; its id and cluster are None where none is written."""

    line: int
    inputs: dict[str, JsonValue]
    expected: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    tags: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    id: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table, as they are written."""

    names: tuple[str, ...]


Entry = WrittenCase | Header | Fault
"""What reading a file gives, one by one: its header, cases, faults and warnings."""
