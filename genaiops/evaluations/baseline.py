"""Baselines: `evals/baselines/<name>.jsonl`, a header and then the scores of each case."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from genaiops.digests import digest_bytes
from genaiops.errors import ExecutionError, Fault, SpecError
from genaiops.records import Baseline, CaseScores, EvalRun, RunScores
from genaiops.specs.load import read_text
from genaiops.text.quantities import counted

MAX_BYTES = 500_000_000
FORMAT = 2

_SHORT = 12
"""Digits of a line's digest: they tell an edit by hand, and are no signature."""
_REMEDY = "restore it from git, or accept a run again"

LineT = TypeVar("LineT", bound=BaseModel)


class _Version(BaseModel):
    """What the first line of every format holds."""

    format: int


class _Header(BaseModel):
    """The first line of a baseline file."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[2] = FORMAT
    sha256: str = ""
    """Of this line without it."""
    lines: tuple[str, ...]
    """The digest of each line that follows, in short."""
    reason: str | None = None
    run: EvalRun


def read_baseline(path: Path, shown: str) -> Baseline | None:
    """The baseline, or None where there is none yet.

    Raises:
        SpecError: the file is no baseline, or one of another format; the line is named.
    """
    if not path.exists():
        return None
    lines = [line for line in read_text(path, shown, max_bytes=MAX_BYTES).split("\n") if line]
    first = lines[0] if lines else ""
    _see_that_it_is_of_this_format(first, shown)
    header = _read_line(_Header, first, shown, 1)
    cases = tuple(
        _read_line(CaseScores, line, shown, number)
        for number, line in enumerate(lines[1:], start=2)
    )
    _see_that_none_was_edited(lines, header, shown)
    return Baseline(scores=RunScores(run=header.run, cases=cases), reason=header.reason)


def _read_line(kind: type[LineT], line: str, shown: str, number: int) -> LineT:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        told = f"not a line of a baseline; {_REMEDY}"
        raise SpecError([Fault(shown, number, 1, told)]) from error


def _see_that_it_is_of_this_format(first: str, shown: str) -> None:
    """See that this version of genaiops wrote the file, as far as its first line tells a format.

    Raises:
        SpecError: another version wrote it.
    """
    try:
        found = _Version.model_validate_json(first).format
    except ValidationError:
        return  # what is wrong with the line is told where all of it is read
    if found != FORMAT:
        told = (
            f"was written by another version of genaiops, in format {found} where this one reads "
            f"{FORMAT}: accept the run again, genaiops baseline accept RUN"
        )
        raise SpecError([Fault(shown, 1, 1, told)])


def _see_that_none_was_edited(lines: Sequence[str], header: _Header, shown: str) -> None:
    """See that the file is as it was written.

    Raises:
        SpecError: it is not; the first line that is another one is named.
    """
    told = f"this line was edited by hand; {_REMEDY}"
    if _sealed(lines[0].replace(header.sha256, "", 1)) != lines[0]:
        raise SpecError([Fault(shown, 1, 1, told)])
    for number, (line, wanted) in enumerate(zip(lines[1:], header.lines, strict=False), start=2):
        if _short(line) != wanted:
            raise SpecError([Fault(shown, number, 1, told)])
    if len(lines) - 1 != len(header.lines):
        held = counted(len(lines) - 1, "case")
        told = f"it holds {held}, not the {len(header.lines)} that were accepted; {_REMEDY}"
        raise SpecError([Fault(shown, 0, 0, told)])


def _sealed(line: str) -> str:
    """A header's line with its own digest, where it has an empty one."""
    return line.replace('"sha256":""', f'"sha256":"{digest_bytes(line.encode())}"', 1)


def _short(line: str) -> str:
    return digest_bytes(line.encode())[:_SHORT]


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, whole or not at all.

    Raises:
        ExecutionError: the file cannot be written.
    """
    body = [case.model_dump_json() for case in baseline.scores.cases]
    lines = tuple(map(_short, body))
    header = _Header(lines=lines, reason=baseline.reason, run=baseline.scores.run)
    written = [_sealed(header.model_dump_json()), *body]
    aside = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)  # never through a link that stands there
        aside.write_bytes(("\n".join(written) + "\n").encode())
        aside.replace(path)
    except OSError as error:
        raise ExecutionError(f"{path}: cannot be written: {error.strerror}") from error
