"""Opening a dataset: it is read whole, and checked."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from genaiops.datasets.dataset import Dataset
from genaiops.datasets.doubles import Doubles, find_doubles
from genaiops.datasets.encoding import FileFacts, examine_file
from genaiops.datasets.formats import read_entries, suffix_problem
from genaiops.datasets.identity import base_id
from genaiops.datasets.tally import Tally
from genaiops.datasets.written import Entry, Header, WrittenCase
from genaiops.errors import Fault, SpecError
from genaiops.specs.dataset import DatasetCard
from genaiops.specs.load import load_spec

MAX_FAULTS = 20


@dataclass(slots=True)
class _Scan:
    """What one pass over the cases finds."""

    shown: str
    facts: FileFacts
    columns: tuple[str, ...] = ()
    ids: Tally = field(default_factory=Tally)
    clusters: Tally = field(default_factory=Tally)
    keys: Counter[str] = field(default_factory=Counter[str])
    faults: list[Fault] = field(default_factory=list[Fault])
    warnings: list[Fault] = field(default_factory=list[Fault])

    def take(self, entry: Entry) -> None:
        match entry:
            case WrittenCase():
                self._take_case(entry)
            case Header():
                self.columns = entry.names
            case Fault(severity="warning"):
                self.warnings.append(entry)
            case Fault():
                self.faults.append(entry)

    def _take_case(self, written: WrittenCase) -> None:
        self.ids.add(base_id(written))
        if written.cluster is not None:
            self.clusters.add(written.cluster)
        parts = (("inputs", written.inputs), ("expected", written.expected), ("tags", written.tags))
        for part, fields in parts:
            for key in fields:
                self.keys[f"{part}.{key}"] += 1


def open_dataset(path: Path, shown: str) -> Dataset:
    """Read a dataset whole and check it; its card is `<name>.card.yaml` beside it.

    Args:
        path: A .jsonl, .json, .csv, .tsv or .parquet file.
        shown: The file's name in messages.

    Raises:
        SpecError: the file is missing, empty or of another kind, rows are no cases, ids stand
            twice, or the card is wrong; up to twenty faults, each with its line.
    """
    try:
        problem = suffix_problem(path) if path.is_file() else _file_problem(path)
        if problem:
            raise SpecError([Fault(shown, 0, 0, problem)])
        scan = _scan(path, shown)
        doubles = _doubles(path, scan)
    except OSError as error:
        raise SpecError([Fault(shown, 0, 0, f"cannot be read: {error.strerror}")]) from error
    scan.faults.extend(doubles.faults)
    if not scan.ids and not scan.faults:
        only = "only the header stands there" if scan.columns else "no line holds a case"
        scan.faults.append(Fault(shown, 0, 0, f"the dataset is empty: {only}"))
    card = _read_card(path, scan)
    if scan.faults:
        raise SpecError(scan.faults[:MAX_FAULTS])
    return Dataset(
        path=path,
        shown=shown,
        facts=scan.facts,
        count=len(scan.ids),
        clusters=scan.clusters.distinct + len(scan.ids) - len(scan.clusters),
        keys=dict(scan.keys),
        columns=scan.columns,
        repeated=doubles.repeated,
        card=card,
        warnings=(*scan.warnings, *doubles.warnings),
    )


def _file_problem(path: Path) -> str:
    """Why a path is no file that can be read twice."""
    if path.is_dir():
        inside = sorted(each.name for each in path.iterdir() if suffix_problem(each) is None)
        told = f", such as {Path(path.name, inside[0])}" if inside else ""
        return f"is a folder; name a file{told}"
    return "is no regular file" if path.exists() else "there is no such file"


def _scan(path: Path, shown: str) -> _Scan:
    scan = _Scan(shown, examine_file(path, shown))
    for entry in read_entries(path, shown, scan.facts):
        scan.take(entry)
        if len(scan.faults) >= MAX_FAULTS:
            break
    return scan


def _doubles(path: Path, scan: _Scan) -> Doubles:
    suspected = scan.ids.repeated
    most = MAX_FAULTS - len(scan.faults)
    if not suspected or most <= 0:
        return Doubles()
    entries = read_entries(path, scan.shown, scan.facts)
    return find_doubles(entries, scan.shown, suspected, most=most)


def _read_card(path: Path, scan: _Scan) -> DatasetCard | None:
    card_path = path.with_suffix(".card.yaml")
    if not card_path.exists():
        return None
    try:
        loaded = load_spec(card_path, DatasetCard, str(Path(scan.shown).with_suffix(".card.yaml")))
    except SpecError as error:
        scan.faults.extend(error.faults)
        return None
    if loaded.spec.sha256 != scan.facts.digest:
        now = scan.facts.digest
        message = f"the data changed since the card was written; its sha256 is now {now}"
        scan.warnings.append(loaded.document.fault(("sha256",), message, warning=True))
    return loaded.spec
