"""Baselines: `evals/baselines/<name>.jsonl`, a header and then the scores of each case."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from genaiops.digests import digest_bytes
from genaiops.errors import ExecutionError, Fault, SpecError
from genaiops.records import Baseline, CaseScores, EvalRun, RunScores
from genaiops.specs.load import read_text
from genaiops.text.quantities import counted

MAX_BYTES = 500_000_000

_REMEDY = "restore it from git, or accept a run again"

LineT = TypeVar("LineT", bound=BaseModel)


class _Header(BaseModel):
    """The first line of a baseline file."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = 1
    cases: int
    sha256: str
    """Of the lines that follow."""
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
    if (header.cases, header.sha256) != (len(cases), _digest(lines[1:])):
        held = counted(len(cases), "case")
        told = f"it holds {held}, not the {header.cases} that were accepted; {_REMEDY}"
        raise SpecError([Fault(shown, 0, 0, told)])
    return Baseline(scores=RunScores(run=header.run, cases=cases), reason=header.reason)


def _read_line(kind: type[LineT], line: str, shown: str, number: int) -> LineT:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        told = f"not a line of a baseline; {_REMEDY}"
        raise SpecError([Fault(shown, number, 1, told)]) from error


def _digest(lines: Iterable[str]) -> str:
    return digest_bytes("\n".join(lines).encode())


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, whole or not at all.

    Raises:
        ExecutionError: the file cannot be written.
    """
    body = [case.model_dump_json() for case in baseline.scores.cases]
    header = _Header(
        cases=len(body), sha256=_digest(body), reason=baseline.reason, run=baseline.scores.run
    )
    lines = [header.model_dump_json(), *body]
    aside = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)  # never through a link that stands there
        aside.write_bytes(("\n".join(lines) + "\n").encode())
        aside.replace(path)
    except OSError as error:
        raise ExecutionError(f"{path}: cannot be written: {error.strerror}") from error
