"""`evals/calibrations/<eval>.<metric>.jsonl`: a header, and then a labelled answer a line."""

import re
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from genaiops.digests import canonical_json, digest, digest_bytes
from genaiops.errors import ExecutionError, Fault, SpecError
from genaiops.records import AnsweredRun, Calibration, LabelledAnswer
from genaiops.specs.load import read_text

MAX_BYTES = 100_000_000
FORMAT = 1
LineT = TypeVar("LineT", bound=BaseModel)

_PLAIN = re.compile(r"[a-z0-9_-]{1,100}")
_ODD = re.compile(r"[^\w-]+")
_SHOWN, _DIGITS = 40, 12
_REMEDY = "restore it from git, or calibrate again: genaiops judge calibrate"


class _Header(BaseModel):
    """The first line: the calibration without its labels, and the sha256 of all lines."""

    model_config = ConfigDict(extra="forbid")

    format: Literal[1] = FORMAT
    sha256: str = ""
    """Of the lines with this left empty."""
    eval: str
    metric: str
    fingerprint: str
    low: float
    high: float
    is_random: bool
    runs: tuple[AnsweredRun, ...]


def calibration_name(eval_name: str, metric: str) -> str:
    """The name of the file of a metric's calibration, which no other metric has on any disk.

    A label that is not of small letters, digits, `_` and `-` is told apart by a digest of it.
    """
    name = metric
    if not _PLAIN.fullmatch(metric):
        name = f"{_ODD.sub('-', metric).strip('-')[:_SHOWN]}~{digest(metric)[:_DIGITS]}"
    return f"{eval_name}.{name}.jsonl"


def read_calibration(path: Path, shown: str) -> Calibration | None:
    """The calibration, or None where there is none.

    Raises:
        SpecError: the file is damaged, was edited, or is of another format.
    """
    if not path.exists():
        return None
    first, *rest = [
        line for line in read_text(path, shown, max_bytes=MAX_BYTES).split("\n") if line
    ] or [""]
    header = _read(_Header, first, shown, 1)
    labels = tuple(
        _read(LabelledAnswer, line, shown, number) for number, line in enumerate(rest, start=2)
    )
    found = Calibration(
        **header.model_dump(exclude={"format", "sha256"}),
        labels=labels,
    )
    if "\n".join(_lines(found)) != "\n".join([first, *rest]):
        raise SpecError([Fault(shown, 0, 0, f"was edited by hand; {_REMEDY}")])
    return found


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration, whole or not at all.

    Raises:
        ExecutionError: the file cannot be written.
    """
    aside = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)  # never through a link that stands there
        aside.write_bytes(("\n".join(_lines(calibration)) + "\n").encode())
        aside.replace(path)
    except OSError as error:
        raise ExecutionError(f"{path}: cannot be written: {error.strerror}") from error


def _lines(calibration: Calibration) -> list[str]:
    header = _Header(**calibration.model_dump(exclude={"labels"}))
    body = [canonical_json(label.model_dump(mode="json")) for label in calibration.labels]
    empty = [canonical_json(header.model_dump(mode="json")), *body]
    sealed = header.model_copy(update={"sha256": digest_bytes("\n".join(empty).encode())})
    return [canonical_json(sealed.model_dump(mode="json")), *body]


def _read(kind: type[LineT], line: str, shown: str, number: int) -> LineT:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        told = f"not a line of a calibration; {_REMEDY}"
        raise SpecError([Fault(shown, number, 1, told)]) from error
