"""How results and calls stand in the file: as JSON, large ones compressed, all with a checksum.

Of 522 results with passages and prompts, zlib leaves a quarter; texts stored once by their digest
would leave a half, at twice the time.
"""

import zlib
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from genaiops.records import Case, CaseResult, Completion, NodeRun

_NODES = TypeAdapter(tuple[NodeRun, ...])
_LARGE = 2048
"""From so many characters on a result is compressed."""
_LEVEL = 1
"""Of compression; 6 would save a tenth more at a third more time."""


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result with the case that it belongs to and the steps that led to it."""

    case: Case
    result: CaseResult
    nodes: tuple[NodeRun, ...]


def pack_result(stored: StoredResult) -> tuple[str | bytes, int]:
    """The record of a result, three lines of JSON, with its checksum."""
    nodes = _NODES.dump_json(stored.nodes).decode()
    text = f"{stored.case.model_dump_json()}\n{stored.result.model_dump_json()}\n{nodes}"
    record = text if len(text) < _LARGE else zlib.compress(text.encode(), _LEVEL)
    return record, checksum(record)


def unpack_result(
    record: object, expected: object, *, with_nodes: bool = True
) -> StoredResult | None:
    """A result; None where it is not what was written."""
    if not isinstance(record, str | bytes) or checksum(record) != expected:
        return None
    try:
        text = record if isinstance(record, str) else zlib.decompress(record).decode()
        case, result, nodes = text.split("\n")
        return StoredResult(
            Case.model_validate_json(case),
            CaseResult.model_validate_json(result),
            _NODES.validate_json(nodes) if with_nodes else (),
        )
    except (zlib.error, ValueError):
        return None


def call_checksum(key: str, model: bytes, completion: bytes) -> int:
    """The checksum of a call: what is under the wrong key is wrong, too."""
    return zlib.crc32(completion, zlib.crc32(model, zlib.crc32(key.encode())))


def unpack_call(key: str, model: object, completion: object, expected: object) -> Completion | None:
    """A recorded answer; None where it is not what was written under this key."""
    if not (isinstance(model, bytes) and isinstance(completion, bytes)):
        return None
    if call_checksum(key, model, completion) != expected:
        return None
    try:
        return Completion.model_validate_json(completion)
    except ValidationError:
        return None


def checksum(record: str | bytes) -> int:
    """CRC-32, which finds every change of up to 32 bits in a row."""
    return zlib.crc32(record.encode() if isinstance(record, str) else record)
