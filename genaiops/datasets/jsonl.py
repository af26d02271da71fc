"""One line of a JSONL file to a case, with the faults that people make."""

import json
import re

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from genaiops.digests import digest
from genaiops.errors import InputError, suggest
from genaiops.records import Case

MAX_LINE_BYTES = 10_000_000
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


class _Line(BaseModel):
    """A case as it is written: the id may be left out."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, coerce_numbers_to_str=True)

    id: str | None = None
    inputs: dict[str, JsonValue]
    expected: dict[str, JsonValue] = {}
    tags: dict[str, JsonValue] = {}
    cluster: str | None = None


def parse_case(line: bytes) -> Case:
    """Read one line; without an id, a digest of the inputs is the id.

    Raises:
        InputError: the line is not JSON, or not a case; the message has the column where known.
    """
    if len(line) > MAX_LINE_BYTES:
        raise InputError(f"the line has {len(line):,} bytes, more than {MAX_LINE_BYTES:,}")
    if _HALF_PAIR.search(line):
        _refuse_half_characters(line)
    try:
        written = _Line.model_validate(_parse_json(line))
    except ValidationError as error:
        raise InputError(_first_fault(error)) from error
    name = written.id if written.id is not None else digest(written.inputs)[:12]
    return Case(
        id=name,
        inputs=written.inputs,
        expected=written.expected,
        tags=written.tags,
        cluster=written.cluster,
    )


def _parse_json(line: bytes) -> JsonValue:
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start + 1} of the line") from error
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON at column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise InputError("nested too deep") from error
    except ValueError as error:
        raise InputError(f"not JSON: {error}") from error


def _refuse_half_characters(line: bytes) -> None:
    """Refuse `\\ud800` without its other half: no UTF-8 file could hold the text again."""
    text = json.dumps(_parse_json(line), ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError("a text holds half of a surrogate pair (\\ud800 to \\udfff)") from error


def _refuse_constant(word: str) -> JsonValue:
    raise InputError(f"{word} is no JSON number")


def _first_fault(error: ValidationError) -> str:
    detail = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in detail["loc"]) or "the line"
    if detail["type"] == "extra_forbidden":
        return f"unknown key {where!r}{suggest(where, _Line.model_fields)}"
    if detail["type"] == "missing":
        return f"missing key {where!r}"
    return f"{where}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
