"""A dataset: a JSONL file of cases, streamed, with its digest and its card."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from genaiops.datasets.jsonl import parse_case
from genaiops.errors import Fault, InputError, SpecError
from genaiops.records import Case
from genaiops.specs.dataset import DatasetCard
from genaiops.specs.load import load_spec

MAX_FAULTS = 20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A checked dataset; `digest` is the sha256 of the file's bytes.

    `keys` tells of how many cases have each `inputs.x`, `expected.x` and `tags.x`.
    """

    path: Path
    shown: str
    digest: str
    count: int
    clusters: int
    keys: Mapping[str, int]
    card: DatasetCard | None = None
    warnings: tuple[Fault, ...] = ()

    def names(self, part: Literal["inputs", "expected", "tags"]) -> tuple[str, ...]:
        """The names under a part that any case has."""
        return tuple(
            key.partition(".")[2] for key in self.keys if key.partition(".")[0] == part
        )

    def cases(
        self, tags: Mapping[str, JsonValue] | None = None, limit: int | None = None
    ) -> Iterator[Case]:
        """Stream the cases with all of these tags, in file order, at most `limit`."""
        given = 0
        for _, case in _read(self.path, self.shown):
            if limit is not None and given >= limit:
                return
            if _has_tags(case, tags or {}):
                given += 1
                yield case


@dataclass(slots=True)
class _Scan:
    """What one pass over the file finds."""

    shown: str
    digest: str = ""
    lines: dict[str, int] = field(default_factory=dict[str, int])
    clusters: set[str] = field(default_factory=set[str])
    keys: Counter[str] = field(default_factory=Counter[str])
    faults: list[Fault] = field(default_factory=list[Fault])

    def take(self, number: int, case: Case) -> None:
        if case.id in self.lines:
            first = self.lines[case.id]
            message = f"the case id {case.id!r} stands twice (first on line {first})"
            self.faults.append(Fault(self.shown, number, 1, message))
            return
        self.lines[case.id] = number
        self.clusters.add(case.cluster if case.cluster is not None else f"\0{case.id}")
        for part in ("inputs", "expected", "tags"):
            self.keys.update(f"{part}.{key}" for key in getattr(case, part))


def open_dataset(path: Path, shown: str) -> Dataset:
    """Read a dataset once, whole, and check it; its card is `<name>.card.yaml` beside it.

    Raises:
        SpecError: the file is missing or empty, lines are not cases, ids stand twice, or the card
            is wrong; up to twenty faults, each with its line.
    """
    scan = _scan(path, shown)
    if not scan.lines and not scan.faults:
        scan.faults.append(Fault(shown, 0, 0, "the dataset is empty: no line holds a case"))
    card, warnings = _read_card(path, shown, scan)
    if scan.faults:
        raise SpecError(scan.faults[:MAX_FAULTS])
    return Dataset(
        path=path,
        shown=shown,
        digest=scan.digest,
        count=len(scan.lines),
        clusters=len(scan.clusters),
        keys=dict(scan.keys),
        card=card,
        warnings=warnings,
    )


def _scan(path: Path, shown: str) -> _Scan:
    scan = _Scan(shown)
    hasher = hashlib.sha256()
    for number, line in _lines(path, shown):
        hasher.update(line)
        text = line.removeprefix(_BOM) if number == 1 else line
        if not text.strip() or len(scan.faults) >= MAX_FAULTS:
            continue
        try:
            scan.take(number, parse_case(text))
        except InputError as error:
            scan.faults.append(Fault(shown, number, 1, str(error)))
    scan.digest = hasher.hexdigest()
    return scan


def _read(path: Path, shown: str) -> Iterator[tuple[int, Case]]:
    for number, line in _lines(path, shown):
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.strip():
            yield number, parse_case(text)


def _lines(path: Path, shown: str) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            yield from enumerate(file, start=1)
    except FileNotFoundError:
        raise SpecError([Fault(shown, 0, 0, "there is no such file")]) from None
    except OSError as error:
        raise SpecError([Fault(shown, 0, 0, f"cannot be read: {error.strerror}")]) from error


def _read_card(path: Path, shown: str, scan: _Scan) -> tuple[DatasetCard | None, tuple[Fault, ...]]:
    card_path = path.with_suffix(".card.yaml")
    if not card_path.exists():
        return None, ()
    shown_card = str(Path(shown).with_suffix(".card.yaml"))
    try:
        loaded = load_spec(card_path, DatasetCard, shown_card)
    except SpecError as error:
        scan.faults.extend(error.faults)
        return None, ()
    if loaded.spec.sha256 == scan.digest:
        return loaded.spec, ()
    message = f"the data changed since the card was written; its sha256 is now {scan.digest}"
    return loaded.spec, (loaded.document.fault(("sha256",), message, warning=True),)


def _has_tags(case: Case, tags: Mapping[str, JsonValue]) -> bool:
    return all(case.tags.get(key) == value for key, value in tags.items())
