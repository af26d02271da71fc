"""A CSV of scores: a row a case, a column an arm. Read whole, with every fault at its line."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import inf, isfinite
from pathlib import Path
from typing import NamedTuple

from genaiops.datasets.cells import CellError, Row, RowReader
from genaiops.datasets.delimiter import guess_delimiter, said_delimiter
from genaiops.datasets.encoding import examine_file
from genaiops.digests import digest
from genaiops.errors import Fault, SpecError
from genaiops.evaluations.comparison import ArmScores
from genaiops.evaluations.matrix_estimates import with_estimates
from genaiops.gates.ranges import Range
from genaiops.records import CaseScores, Direction, MetricInfo

METRIC = "score"
MAX_BYTES = 200_000_000
_CLUSTER = "cluster"
_TAG = "tags."
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\Z")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+\Z")
_SAMPLE_LINES = 40
_MOST_FAULTS = 50


def read_score_matrix(
    path: Path, *, values: Range | None = None, direction: Direction = "higher"
) -> tuple[ArmScores, ...]:
    """The arms of a CSV: case ids in the first column, then an arm a column.

    A column `cluster` says which cases depend on each other, columns `tags.x` are tags. An empty
    cell is a missing score. The cells are taken as separated by what fits the first lines: commas,
    semicolons, tabs or bars.

    Args:
        path: of the file, UTF-8 or Windows-1252.
        values: the range of all scores; by default 0 to 1 if all are in it, else none is known.
        direction: whether higher or lower scores are better.

    Raises:
        SpecError: the file cannot be read or has faults; all of them, each with its line.
    """
    table = _read(path, values)
    info = _info(chain(*table.scores.values()), values, direction)
    ids = list(table.lines)
    arms = tuple(
        ArmScores(
            label=label,
            metrics=(info,),
            cases=tuple(
                CaseScores(
                    case_id=case_id,
                    cluster=table.clusters.get(case_id),
                    tags=dict(table.tags[case_id]),
                    scores={METRIC: (score,)},
                )
                for case_id, score in zip(ids, scores, strict=True)
            ),
        )
        for label, scores in table.scores.items()
    )
    return with_estimates(arms, info)


@dataclass(frozen=True, slots=True)
class _Table:
    """What stood in the file; `lines` by case id, in the order of the file."""

    lines: Mapping[str, int]
    scores: Mapping[str, list[float | None]]
    clusters: Mapping[str, str]
    tags: Mapping[str, Mapping[str, str]]


class _Header(NamedTuple):
    """The line of the header, and the places of its columns."""

    line: int
    arms: dict[str, int]
    cluster: int | None
    tags: dict[str, int]
    width: int


def _read(path: Path, values: Range | None) -> _Table:
    shown = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SpecError([Fault(shown, 0, 0, f"has more than {MAX_BYTES:,} bytes")])
        facts = examine_file(path, shown)
        odd = facts.fault(shown)
        if odd is not None and odd.severity == "error":
            raise SpecError([odd])
        with path.open(encoding=facts.encoding, newline="") as file:
            return _parse(file.readlines(), shown, values)
    except FileNotFoundError:
        raise SpecError([Fault(shown, 0, 0, "there is no such file")]) from None
    except OSError as error:
        raise SpecError([Fault(shown, 0, 0, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise SpecError([Fault(shown, 0, 0, f"is damaged: {error.reason}")]) from error
    except CellError as error:
        raise SpecError([Fault(shown, error.line, error.column, str(error))]) from error


def _parse(lines: list[str], shown: str, values: Range | None) -> _Table:
    said = said_delimiter(lines[0]) if lines else None
    body = ["\n", *lines[1:]] if said else lines
    delimiter = said or guess_delimiter(body[:_SAMPLE_LINES])
    rows = (row for row in RowReader(body, delimiter) if not row.is_blank)
    first = next(rows, None)
    if first is None:
        raise SpecError([Fault(shown, 0, 0, "is empty; write a header and a row a case")])
    header = _header(first, shown)
    reader = _Reader(header, shown, values=values, has_decimal_comma=delimiter != ",")
    body_rows = list(rows)
    _refuse_scores_as_ids(first, body_rows, shown)
    for row in body_rows:
        reader.add(row)
    return reader.table()


def _refuse_scores_as_ids(header: Row, rows: Sequence[Row], shown: str) -> None:
    """Refuse a table whose first arm stands where the ids are expected."""
    ids = [row.cells[0].strip() for row in rows if row.cells]
    if len(ids) > 1 and all(_NUMBER.match(each) and "." in each for each in ids):
        name = header.cells[0].strip()
        message = (
            f"the first column holds the ids of cases, and {name!r} looks like scores; put a "
            "column of ids before it"
        )
        raise SpecError([Fault(shown, header.line, 1, message)])


def _header(row: Row, shown: str) -> _Header:
    names = [cell.strip() for cell in row.cells]
    while names and not names[-1]:
        names.pop()
    faults = [
        Fault(shown, row.line, 1, f"{count} columns are called {name!r}; name each arm once")
        for name, count in Counter(names).items()
        if count > 1 and name
    ]
    if "" in names[1:]:
        place = names.index("", 1) + 1
        faults.append(Fault(shown, row.line, 1, f"column {place} has no name; name its arm"))
    rest = dict(zip(names[1:], range(1, len(names)), strict=True)) if not faults else {}
    tags = {name.removeprefix(_TAG): at for name, at in rest.items() if name.startswith(_TAG)}
    arms = {name: at for name, at in rest.items() if name != _CLUSTER and not name.startswith(_TAG)}
    if not faults and not arms:
        message = "no column of scores; write case ids in the first column, then an arm a column"
        faults.append(Fault(shown, row.line, 1, message))
    if faults:
        raise SpecError(faults)
    return _Header(row.line, arms, rest.get(_CLUSTER), tags, len(names))


class _Reader:
    """Gathers rows and their faults."""

    def __init__(
        self, header: _Header, shown: str, *, values: Range | None, has_decimal_comma: bool
    ) -> None:
        self._header = header
        self._shown = shown
        self._values = values
        self._has_decimal_comma = has_decimal_comma
        self._lines: dict[str, int] = {}
        self._scores: dict[str, list[float | None]] = {arm: [] for arm in header.arms}
        self._clusters: dict[str, str] = {}
        self._tags: dict[str, Mapping[str, str]] = {}
        self._faults: list[Fault] = []

    def add(self, row: Row) -> None:
        header, cells = self._header, [cell.strip() for cell in row.cells]
        if len(cells) < header.width or any(cells[header.width :]):
            self._fault(row, f"the row has {len(cells)} cells, the header has {header.width}")
            return
        case_id = cells[0]
        if not case_id:
            self._fault(row, "the first cell is empty; it has to hold the id of the case")
            return
        if case_id in self._lines:
            told = f"the case {case_id!r} is there already, in line {self._lines[case_id]}"
            self._fault(row, told)
            return
        self._lines[case_id] = row.line
        for arm, place in header.arms.items():
            self._scores[arm].append(self._score(row, arm, cells[place]))
        if header.cluster is not None and cells[header.cluster]:
            self._clusters[case_id] = cells[header.cluster]
        self._tags[case_id] = {
            tag: cells[place] for tag, place in header.tags.items() if cells[place]
        }

    def table(self) -> _Table:
        if not self._lines and not self._faults:
            self._faults.append(
                Fault(self._shown, self._header.line, 1, "no case below the header")
            )
        if self._faults:
            raise SpecError(self._faults[:_MOST_FAULTS])
        return _Table(self._lines, self._scores, self._clusters, self._tags)

    def _score(self, row: Row, arm: str, cell: str) -> float | None:
        if cell.lower() in _MISSING:
            return None
        if self._has_decimal_comma and _DECIMAL_COMMA.match(cell):
            cell = cell.replace(",", ".")
        value = float(cell) if _NUMBER.match(cell) else inf
        if not isfinite(value):
            self._fault(row, f"{arm}: {cell!r} is no number; a missing score is an empty cell")
            return None
        if self._values is not None and not self._values.low <= value <= self._values.high:
            low, high = self._values.low, self._values.high
            self._fault(row, f"{arm}: {cell} is outside of the range {low:g} to {high:g}")
        return value

    def _fault(self, row: Row, message: str) -> None:
        self._faults.append(Fault(self._shown, row.line, 1, message))


def _info(scores: Iterable[float | None], values: Range | None, direction: Direction) -> MetricInfo:
    known = [score for score in scores if score is not None]
    if values is None and all(0 <= score <= 1 for score in known):
        values = Range(0.0, 1.0)
    is_share = values == Range(0.0, 1.0)
    ends = (None, None) if values is None else (values.low, values.high)
    return MetricInfo(
        name=METRIC,
        metric=METRIC,
        low=ends[0],
        high=ends[1],
        direction=direction,
        binary=is_share and all(score in {0, 1} for score in known),
        unit="share" if is_share else "score",
        digest=digest([METRIC, *ends, direction]),
    )
