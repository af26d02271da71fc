"""What differs between two releases, as somebody who approves one wants to see it."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genaiops.records.releases import Release
from genaiops.release.shelf import Shelf

_MOST_BYTES = 64_000
"""A longer file is told to be another one, and not shown line by line."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file, part or package that differs; None where there is none of it."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs: `lines` has those of each text file that changed, as `diff -u` shows them."""

    files: tuple[Change, ...]
    parts: tuple[Change, ...]
    packages: tuple[Change, ...]
    evals: tuple[Change, ...]
    lines: Mapping[str, tuple[str, ...]]


def differences_of(before: Release, after: Release, shelf: Shelf) -> Differences:
    """Compare two releases.

    Raises:
        StoreError: a file that differs is gone from the shelf, or was changed there.
    """
    files = tuple(_changes(before.files, after.files))
    shown = ((change.name, tuple(_lines(change, shelf))) for change in files)
    was, now = (dict.fromkeys(each.evals, "asked") for each in (before, after))
    return Differences(
        files=files,
        parts=tuple(_changes(before.parts, after.parts)),
        packages=tuple(_changes(before.packages, after.packages)),
        evals=tuple(_changes(was, now)),
        lines={name: lines for name, lines in shown if lines},
    )


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield Change(name, before.get(name), after.get(name))


def _lines(change: Change, shelf: Shelf) -> Iterator[str]:
    texts = [_text(shelf, sha256, change.name) for sha256 in (change.before, change.after)]
    was, now = texts
    if was is None or now is None:
        return
    found = difflib.unified_diff(was.splitlines(), now.splitlines(), n=1, lineterm="")
    yield from list(found)[2:]  # without the two lines that name the files


def _text(shelf: Shelf, sha256: str | None, name: str) -> str | None:
    if sha256 is None:
        return ""
    data = shelf.take(sha256, name)
    if len(data) > _MOST_BYTES:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
