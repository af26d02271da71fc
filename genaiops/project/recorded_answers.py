"""The answers of a table as runs of a flow: outputs, time, money and failures of each row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from pydantic import JsonValue

from genaiops.datasets import Dataset
from genaiops.datasets.plain_rows import PlainRow, PlainRows
from genaiops.digests import digest
from genaiops.errors import InputError, suggest
from genaiops.evaluations.recorded_flow import Draw, RecordedFlow
from genaiops.project.answer_columns import ANSWER, PASSAGES, AnswerColumns
from genaiops.project.bare_passages import passages_of
from genaiops.project.case_matching import Matching, matching
from genaiops.records import Failure, FlowRun, Usage
from genaiops.records.flow_runs import Untold
from genaiops.specs.evaluation import IMPORTED
from genaiops.specs.json_text import parse_json_text
from genaiops.text.quantities import counted

_NO_TEXT = '[{"-0123456789tfn'
_TOLD_VALUES = 8


@dataclass(frozen=True, slots=True)
class RecordedAnswers:
    """A flow that gives the answers of a file; `notes` tell how they were understood."""

    flow: RecordedFlow
    repeats: int
    model: str | None
    notes: tuple[str, ...]


def rows_where(rows: PlainRows, where: Mapping[str, str]) -> PlainRows:
    """The rows that have these values in these columns.

    Raises:
        InputError: there is no such column, or no such row.
    """
    kept = rows.rows
    for column, value in where.items():
        if column not in rows.names:
            near = suggest(column, rows.names)
            raise InputError(f"--where {column}={value}: no column {column!r}{near}")
        seen = {row.text(column) for row in kept}
        kept = tuple(row for row in kept if row.text(column) == value)
        if not kept:
            raise InputError(f"--where {column}={value}: no row has it{suggest(value, seen)}")
    return PlainRows(rows.shown, rows.digest, rows.names, kept)


def recorded_answers(
    rows: PlainRows, columns: AnswerColumns, dataset: Dataset, said: Mapping[str, JsonValue]
) -> RecordedAnswers:
    """Match rows with cases, and take each as a run.

    An empty answer is a failure of who answered; a case without a row has no score. `said` is what
    else decides which answers these are, for their digest.

    Raises:
        InputError: rows cannot be told apart, match no case, or hold what is no number.
    """
    model = _one_model(rows, columns)
    repeats = _repeats(rows, columns)
    match = matching(columns, dataset)
    taken = _Taken(rows, columns, match, repeats)
    for row in rows.rows:
        taken.take(row)
    if taken.faults:
        raise rows.faults(taken.faults)
    if not taken.runs:
        example, case = match.example(rows.rows[0]), next(iter(dataset.cases()))
        raise InputError(
            f"no row of {rows.shown} answers a case of {dataset.shown}: matched by {match.by}, "
            f"with values such as {example!r}, where a case has the id {case.id!r}"
        )
    parts = {f"flow {IMPORTED}": digest({"file": rows.digest, **said})}
    flow = RecordedFlow(IMPORTED, parts, taken.runs, rows.shown)
    notes = (_understood(columns, match), *taken.notes(dataset))
    return RecordedAnswers(flow, max(len(repeats), 1), model, notes)


@dataclass(slots=True)
class _Taken:
    """Rows that were looked at, and what they came to."""

    rows: PlainRows
    columns: AnswerColumns
    match: Matching
    repeats: Mapping[str, int]
    runs: dict[Draw, FlowRun] = field(default_factory=dict[Draw, FlowRun])
    lines: dict[Draw, int] = field(default_factory=dict[Draw, int])
    faults: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    strangers: int = 0

    def take(self, row: PlainRow) -> None:
        case_id = self.match.case_of(row)
        if case_id is None:
            self.strangers += 1
            return
        draw = case_id, self.repeats.get(_repeat(row, self.columns), 0)
        if draw in self.lines:
            told = f"answers case {case_id!r} again, as line {self.lines[draw]} does"
            apart = "map the column that tells them apart (repeat=COLUMN), or choose by --where"
            self.faults.append((row.line, f"{told}: {apart}"))
            return
        self.lines[draw] = row.line
        try:
            self.runs[draw] = _run(row, self.columns)
        except InputError as error:
            self.faults.append((row.line, str(error)))

    def notes(self, dataset: Dataset) -> list[str]:
        """What was left out, and what is not there."""
        told: list[str] = []
        if self.strangers:
            told.append(f"{counted(self.strangers, 'row')} left out: no case of {dataset.shown}")
        answered = len({case_id for case_id, _ in self.runs})
        if answered < dataset.count:
            without = counted(dataset.count - answered, "case")
            told.append(f"{without} without an answer: no score, which counts at its worst")
        return told


def _run(row: PlainRow, columns: AnswerColumns) -> FlowRun:
    amounts = {
        role: _amount(row, columns.roles.get(role))
        for role in ("latency", "cost", "input_tokens", "output_tokens")
    }
    tokens = [amounts["input_tokens"], amounts["output_tokens"]]
    gaps: dict[Untold, bool] = {
        "latency": amounts["latency"] is None,
        "cost": amounts["cost"] is None,
        "tokens": tokens == [None, None],
    }
    outputs: dict[str, JsonValue] = {}
    for name, column in columns.outputs.items():
        value = _value(row.values.get(column), is_answer=name == ANSWER)
        value = passages_of(value, column) if name == PASSAGES else value
        if value is not None:
            outputs[name] = value
    return FlowRun(
        flow=IMPORTED,
        inputs={},
        outputs=outputs or None,
        failure=_failure(row, columns, outputs),
        latency_s=amounts["latency"] or 0.0,
        usage=Usage(
            input_tokens=int(tokens[0] or 0),
            output_tokens=int(tokens[1] or 0),
            cost_usd=amounts["cost"],
        ),
        untold=tuple(name for name, is_gap in gaps.items() if is_gap),
    )


def _failure(
    row: PlainRow, columns: AnswerColumns, outputs: Mapping[str, JsonValue]
) -> Failure | None:
    column = columns.roles.get("error")
    told = row.text(column) if column else ""
    if told:
        return Failure(kind="node", message=told, where=IMPORTED)
    if not outputs or (ANSWER in columns.outputs and outputs.get(ANSWER) in (None, "")):
        return Failure(kind="empty", message="the answer is empty", where=IMPORTED)
    return None


def _value(value: JsonValue, *, is_answer: bool) -> JsonValue:
    """A cell as JSON where it is JSON and no text; the answer stays as it is written."""
    if not isinstance(value, str) or is_answer:
        return value if not isinstance(value, str) or value.strip() else None
    text = value.strip()
    if not text or text[0] not in _NO_TEXT:
        return value if text else None
    try:
        return parse_json_text(text)
    except InputError:
        return value


def _amount(row: PlainRow, column: str | None) -> float | None:
    """A number, 0 or more; None where the row does not tell."""
    written = row.values.get(column) if column else None
    if written is None or (isinstance(written, str) and not written.strip()):
        return None
    try:
        number = float(written) if isinstance(written, str | int | float) else float("nan")
    except (ValueError, OverflowError):
        number = float("nan")
    if not isfinite(number) or number < 0 or isinstance(written, bool):
        raise InputError(f"{column}: {written!r} is no number of 0 or more; not known is empty")
    return number


def _repeat(row: PlainRow, columns: AnswerColumns) -> str:
    column = columns.roles.get("repeat")
    return row.text(column) if column else ""


def _repeats(rows: PlainRows, columns: AnswerColumns) -> dict[str, int]:
    """The draws of a case, numbered from 0 in the order of what the column says."""
    if "repeat" not in columns.roles:
        return {}
    seen = {_repeat(row, columns) for row in rows.rows}
    is_numbered = all(text.isdecimal() for text in seen)
    ordered = sorted(seen, key=int) if is_numbered else sorted(seen)
    return {text: place for place, text in enumerate(ordered)}


def _one_model(rows: PlainRows, columns: AnswerColumns) -> str | None:
    column = columns.roles.get("model")
    if column is None:
        return None
    seen = sorted({row.text(column) for row in rows.rows})
    if len(seen) > 1:
        told = ", ".join(name or "one without a name" for name in seen[:_TOLD_VALUES])
        raise InputError(
            f"{rows.shown} holds answers of {counted(len(seen), 'model')} ({told}): import one "
            f"after the other, by --where '{column}={seen[0]}'"
        )
    return seen[0] or None


def _understood(columns: AnswerColumns, match: Matching) -> str:
    """How the columns were taken, in one line."""
    taken = {**columns.outputs, **{k: v for k, v in columns.roles.items() if k != "id"}}
    named = ", ".join(
        name if name == column else f"{name}={column}" for name, column in taken.items()
    )
    left = f"; left out: {', '.join(columns.left_out)}" if columns.left_out else ""
    return f"matched by {match.by}; taken: {named}{left}"
