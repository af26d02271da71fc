"""Labels of people as a file has them: whose, of which answer, and how the answers were drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from pydantic import JsonValue, ValidationError

from genaiops.datasets.plain_rows import PlainRow, PlainRows, read_plain_rows
from genaiops.errors import InputError
from genaiops.gates.agreeing import Rating
from genaiops.records.record import Record

_WORDS = {"true": 1.0, "yes": 1.0, "y": 1.0, "false": 0.0, "no": 0.0, "n": 0.0}
_IDS = ("case_id", "id")


class Sample(Record):
    """How answers to be labelled were drawn: one of each case of these runs, in a random order.

    `runs` has the mark of each by its id.
    """

    runs: dict[str, str]
    seed: int
    metric: str


@dataclass(frozen=True, slots=True)
class Label:
    """One line: what a rater gave an answer; None is one that was skipped."""

    line: int
    case_id: str
    run: str | None
    repeat: int
    rater: str
    rating: Rating | None
    judge: Rating | None
    answer: str | None
    row: PlainRow

    @property
    def key(self) -> tuple[str, str, int]:
        """The answer that is meant."""
        return self.run or "", self.case_id, self.repeat


@dataclass(frozen=True, slots=True)
class LabelFile:
    """The labels of a file, and how their answers were drawn, where `judge label` drew them."""

    rows: PlainRows
    labels: tuple[Label, ...]
    sample: Sample | None

    @property
    def given(self) -> tuple[Label, ...]:
        """Those that were not skipped."""
        return tuple(label for label in self.labels if label.rating is not None)


def read_labels(path: Path, shown: str, *, good: float | None = None) -> LabelFile:
    """Read a file of labels: .jsonl, .csv or .tsv, a line for each rater of each answer.

    With `good`, a label of at least that is 1 and any other 0.

    Raises:
        SpecError: lines that are no labels, an answer that a rater labelled twice, words beside
            numbers, two judge scores of one answer; each with its line.
    """
    rows = read_plain_rows(path, shown)
    faults, labels, sample = list[tuple[int, str]](), list[Label](), None
    for row in rows.rows:
        try:
            if "sample" in row.values:
                sample = Sample.model_validate(row.values["sample"])
            else:
                labels.append(_label(row, good))
        except (InputError, ValidationError) as error:
            told = str(error) if isinstance(error, InputError) else "no sample of judge label"
            faults.append((row.line, told))
    faults += _doubled(labels) + _mixed(labels) + _judged_twice(labels)
    if faults:
        raise rows.faults(sorted(faults))
    return LabelFile(rows, tuple(labels), sample)


def _label(row: PlainRow, good: float | None) -> Label:
    case_id = next((row.text(name) for name in _IDS if row.text(name)), "")
    if not case_id:
        raise InputError("names no case: write its id as `case_id` or `id`")
    rating = None if _is_said(row.values.get("skipped")) else _rating(row.values.get("label"))
    if good is not None and rating is not None:
        if isinstance(rating, str):
            raise InputError(f"--good {good:g} is for numbers, and the label is {rating!r}")
        rating = float(rating >= good)
    judge, answer = row.values.get("judge"), row.values.get("answer")
    return Label(
        line=row.line,
        case_id=case_id,
        run=row.text("run") or None,
        repeat=_repeat(row.text("repeat")),
        rater=row.text("rater"),
        rating=rating,
        judge=_rating(judge) if _is_said(judge) else None,
        answer=answer if isinstance(answer, str) and answer else None,
        row=row,
    )


def _is_said(value: JsonValue) -> bool:
    return value is not None and value is not False and str(value).strip() not in {"", "false"}


def _rating(value: JsonValue) -> Rating:
    """A number, yes and no as 1 and 0, or a word."""
    if isinstance(value, bool | int | float):
        number = float(value)
    elif isinstance(value, str) and value.strip():
        text = value.strip()
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        try:
            number = float(text)
        except ValueError:
            return text
    else:
        raise InputError("has no `label`: write a number, yes or no, or a word; or `skipped: true`")
    if not isfinite(number):
        raise InputError(f"{value!r} is no label: write a finite number")
    return number


def _repeat(text: str) -> int:
    if text and not text.isdecimal():
        raise InputError(f"repeat {text!r} is no number from 0 on")
    return int(text or 0)


def _doubled(labels: Sequence[Label]) -> list[tuple[int, str]]:
    seen: dict[tuple[str, str, int, str], int] = {}
    faults: list[tuple[int, str]] = []
    for label in labels:
        first = seen.setdefault((*label.key, label.rater), label.line)
        if first != label.line:
            who = f"rater {label.rater!r}" if label.rater else "an unnamed rater"
            told = f"{who} labelled {label.case_id!r} in line {first} already"
            faults.append((label.line, f"{told}; write each rater's name as `rater`"))
    return faults


def _mixed(labels: Sequence[Label]) -> list[tuple[int, str]]:
    said = [(label.line, each) for label in labels for each in (label.rating, label.judge)]
    words = [(line, each) for line, each in said if isinstance(each, str)]
    numbers = [line for line, each in said if isinstance(each, float)]
    if not words or not numbers:
        return []
    line, word = words[0]
    told = f"{word!r} is a word and line {numbers[0]} has a number: write either in all"
    return [(line, told)]


def _judged_twice(labels: Sequence[Label]) -> list[tuple[int, str]]:
    first: dict[tuple[str, str, int], Label] = {}
    faults: list[tuple[int, str]] = []
    for label in labels:
        known = first.setdefault(label.key, label)
        if known.judge != label.judge:
            told = f"the judge gave {label.case_id!r} another score in line {known.line}"
            faults.append((label.line, told))
    return faults
