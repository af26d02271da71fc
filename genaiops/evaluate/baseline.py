"""Baselines: `evals/baselines/<name>.jsonl`, a header and then the scores of each case."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from genaiops.errors import ExecutionError, Fault, SpecError
from genaiops.records import Baseline, CaseScores, EvalRun, RunScores
from genaiops.specs.load import read_text

MAX_BYTES = 500_000_000

LineT = TypeVar("LineT", bound=BaseModel)


class _Header(BaseModel):
    """The first line of a baseline file."""

    model_config = ConfigDict(extra="forbid")

    format: int = 1
    reason: str | None = None
    run: EvalRun


def read_baseline(path: Path, shown: str) -> Baseline | None:
    """The baseline, or None where there is none yet.

    Raises:
        SpecError: the file is no baseline; the line is named.
    """
    if not path.exists():
        return None
    lines = [line for line in read_text(path, shown, max_bytes=MAX_BYTES).split("\n") if line]
    header = _read_line(_Header, lines[0] if lines else "", shown, 1)
    cases = tuple(
        _read_line(CaseScores, line, shown, number)
        for number, line in enumerate(lines[1:], start=2)
    )
    return Baseline(scores=RunScores(run=header.run, cases=cases), reason=header.reason)


def _read_line(kind: type[LineT], line: str, shown: str, number: int) -> LineT:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        told = "not a line of a baseline; restore it from git, or accept a run again"
        raise SpecError([Fault(shown, number, 1, told)]) from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, whole or not at all.

    Raises:
        ExecutionError: the file cannot be written.
    """
    header = _Header(run=baseline.scores.run, reason=baseline.reason)
    lines = [
        header.model_dump_json(),
        *(case.model_dump_json() for case in baseline.scores.cases),
    ]
    aside = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(("\n".join(lines) + "\n").encode())
        aside.replace(path)
    except OSError as error:
        raise ExecutionError(f"{path}: cannot be written: {error.strerror}") from error
