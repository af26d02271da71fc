"""A dataset: a file of cases, streamed, with its digest and its card."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from genaiops.datasets.columns import ANSWER, columns_of
from genaiops.datasets.encoding import FileFacts
from genaiops.datasets.formats import read_entries
from genaiops.datasets.identity import Identities
from genaiops.datasets.tags import has_tags
from genaiops.datasets.written import WrittenCase
from genaiops.errors import Fault, SpecError, suggest
from genaiops.records import Case
from genaiops.specs.dataset import DatasetCard

_SHOWN_NAMES = 12


@dataclass(frozen=True, slots=True)
class Dataset:
    """A checked dataset; `digest` is the sha256 of the file's bytes.

    `keys` tells of how many cases have each `inputs.x`, `expected.x` and `tags.x`. `columns` is the
    header of a table as it is written; JSON has none. `repeated` are the ids, made of inputs, that
    several cases would have.
    """

    path: Path
    shown: str
    facts: FileFacts
    count: int
    clusters: int
    keys: Mapping[str, int]
    columns: tuple[str, ...] = ()
    repeated: frozenset[str] = frozenset()
    card: DatasetCard | None = None
    warnings: tuple[Fault, ...] = ()

    @property
    def digest(self) -> str:
        """The sha256 of the file's bytes."""
        return self.facts.digest

    @property
    def contents(self) -> str:
        """`questions.csv has the columns question, topic`."""
        names = self.columns or tuple(self.keys)
        told = ", ".join(names[:_SHOWN_NAMES])
        more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
        what = "has the columns" if self.columns else "has cases with"
        return f"{self.shown} {what} {told}{more}"

    def names(self, part: Literal["inputs", "expected", "tags"]) -> tuple[str, ...]:
        """The names under a part that any case has."""
        return tuple(key.partition(".")[2] for key in self.keys if key.partition(".")[0] == part)

    def hint_at_input(self, name: str) -> str:
        """The tail of a message about an input that no case has: what the file has instead."""
        places = {column.written: column.place for column in columns_of(self.columns).columns}
        if places.get(name) == f"expected.{ANSWER}":
            return (
                f": the column {name!r} is taken as the expected answer; call it 'inputs.{name}' "
                f"to make it an input"
            )
        if name in self.names("expected"):
            return f": {name!r} is an expected value"
        return suggest(name, self.names("inputs"))

    def cases(
        self, tags: Mapping[str, JsonValue] | None = None, limit: int | None = None
    ) -> Iterator[Case]:
        """Stream the cases with all of these tags, in file order, at most `limit`.

        Raises:
            SpecError: the file is no longer what was opened.
        """
        given = 0
        identities = Identities(self.repeated)
        for written in self._written():
            if limit is not None and given >= limit:
                return
            case = identities.case(written)
            if has_tags(case, tags or {}):
                given += 1
                yield case

    def count_cases(
        self, tags: Mapping[str, JsonValue] | None = None, limit: int | None = None
    ) -> int:
        """How many cases `cases` gives.

        Raises:
            SpecError: the file is no longer what was opened.
        """
        if tags:
            return sum(1 for _ in self.cases(tags, limit))
        return self.count if limit is None else min(self.count, limit)

    def _written(self) -> Iterator[WrittenCase]:
        try:
            for entry in read_entries(self.path, self.shown, self.facts):
                if isinstance(entry, WrittenCase):
                    yield entry
                elif isinstance(entry, Fault) and entry.severity == "error":
                    raise SpecError([entry])
        except OSError as error:
            message = f"can no longer be read: {error.strerror}"
            raise SpecError([Fault(self.shown, 0, 0, message)]) from error
