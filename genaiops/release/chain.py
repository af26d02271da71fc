"""The audit chain: a record a line, each with the hash of the one before. Pure."""

from dataclasses import dataclass

from pydantic import ValidationError

from genaiops.digests import canonical_json, digest
from genaiops.records.releases import AuditRecord, ReleaseEvent

BEGINNING = "0" * 64
"""What stands for the hash before the first record."""


@dataclass(frozen=True, slots=True)
class Trail:
    """The records of a chain, as far as they can be read.

    `length` counts the lines, and `fault` tells the first bad one. `endless` is the number of the
    last line if that has no end: the system crashed while it was written, or somebody cut the file.
    """

    records: tuple[AuditRecord, ...]
    length: int = 0
    fault: str | None = None
    endless: int | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the last line has no end; it is a record if that is all it lacks."""
        return self.endless is not None

    @property
    def head(self) -> str:
        """The hash of the last record."""
        return self.records[-1].hash if self.records else BEGINNING

    def since(self, head: str) -> tuple[AuditRecord, ...] | None:
        """The records after a head that somebody kept; None where no record has that hash."""
        if head == BEGINNING:
            return self.records
        for place, record in enumerate(self.records, start=1):
            if record.hash == head:
                return self.records[place:]
        return None

    def next_record(self, event: ReleaseEvent, *, by: str, at: str) -> AuditRecord:
        """The record that would follow."""
        bare = AuditRecord(
            generation=self.length + 1, at=at, by=by, event=event, previous=self.head, hash=""
        )
        return bare.model_copy(update={"hash": _hash(bare)})


def line_of(record: AuditRecord) -> bytes:
    """A record as it stands in the file."""
    return canonical_json(_plain(record)).encode() + b"\n"


def read_trail(data: bytes) -> Trail:
    """The records of a file, and what is wrong with it.

    A line that is not what was written is told of, and left out where it is no record at all. The
    beginning of a record at the end of the file is none: nobody was told of it.
    """
    records: list[AuditRecord] = []
    fault: str | None = None
    *lines, rest = data.split(b"\n")
    endless = len(lines) + 1 if rest else None
    if _is_whole(rest):
        lines.append(rest)
    for number, line in enumerate(lines, start=1):
        previous = records[-1].hash if records else BEGINNING
        try:
            record = AuditRecord.model_validate_json(line)
        except ValidationError:
            fault = fault or f"record {number} is not a record"
            continue
        fault = fault or _fault(record, line, number, previous)
        records.append(record)
    return Trail(tuple(records), len(lines), fault, endless)


def _is_whole(line: bytes) -> bool:
    try:
        record = AuditRecord.model_validate_json(line)
    except ValidationError:
        return False
    return record.hash == _hash(record)


def _fault(record: AuditRecord, line: bytes, number: int, previous: str) -> str | None:
    if line_of(record) != line + b"\n" or record.hash != _hash(record):
        return f"record {number} was changed after it was written"
    if record.generation != number or record.previous != previous:
        return f"record {number} does not follow the one before: some were moved, added or removed"
    return None


def _hash(record: AuditRecord) -> str:
    return digest({key: value for key, value in _plain(record).items() if key != "hash"})


def _plain(record: AuditRecord) -> dict[str, object]:
    return record.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
