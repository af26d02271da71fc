"""Verify an audit chain of genaiops, by `python verifier.py FILE [--head HASH]`.

Imports nothing of genaiops, so that who has to trust the chain needs to trust only this page.

The file holds a record a line, as JSON with sorted keys and no spaces. `hash` is the sha256 of the
record without it, `previous` the hash of the record before (the first has 64 zeros), `generation`
counts from 1. So whoever changes, moves, adds or removes a record has to write all later ones anew,
and whoever kept the hash of a later one, the head, sees that. Exit code 0: as it was written; 1: it
is not, or the head is none of its hashes; 2: it cannot be read.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

BEGINNING = "0" * 64


def canonical(value: object) -> bytes:
    """The bytes that are hashed."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def fault_of(line: bytes, number: int, previous: str) -> str | None:
    """What is wrong with a line, or None."""
    try:
        record = json.loads(line)
        claimed = record.pop("hash")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return f"record {number} is not a record"
    if canonical({**record, "hash": claimed}) != line:
        return f"record {number} was changed after it was written"
    if hashlib.sha256(canonical(record)).hexdigest() != claimed:
        return f"record {number} was changed after it was written"
    if (record.get("generation"), record.get("previous")) != (number, previous):
        return f"record {number} does not follow the one before: some were moved, added or removed"
    return None


def verify(data: bytes, head: str | None) -> tuple[str | None, str]:
    """What is wrong, the first thing, or None; and what the chain comes to."""
    *lines, rest = data.split(b"\n")
    hashes = [BEGINNING]
    for number, line in enumerate(lines, start=1):
        fault = fault_of(line, number, hashes[-1])
        if fault is not None:
            return fault, ""
        hashes.append(json.loads(line)["hash"])
    if rest:
        return f"record {len(hashes)} has no end: the file was cut, or its writing", ""
    if head is not None and head not in hashes:
        return f"no record has the hash {head}: the file was cut, or written anew", ""
    after = f", {len(hashes) - 1 - hashes.index(head)} of them after the head" if head else ""
    return None, f"{len(lines)} records{after}; head {hashes[-1]}"


def main() -> int:
    """Read the arguments, and print what was found."""
    parser = argparse.ArgumentParser(description="Verify an audit chain of genaiops.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--head", help="the hash that somebody kept (64 hex digits)")
    given = parser.parse_args()
    try:
        data = given.file.read_bytes()
    except OSError as error:
        sys.stderr.write(f"{given.file}: {error.strerror}\n")
        return 2
    fault, told = verify(data, given.head)
    sys.stdout.write(f"BROKEN: {fault}\n" if fault else f"INTACT: {told}\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
