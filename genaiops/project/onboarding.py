"""`init --from`: one evaluation of somebody's own function, written so that it explains itself."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from genaiops.datasets import Dataset, open_dataset
from genaiops.errors import InputError, StoreError
from genaiops.project.own_function import OwnFunction, map_columns, read_function
from genaiops.project.root import PROJECT_FILE
from genaiops.project.suggested import Suggestion, suggest_for

TIMEOUT_S = 120
SLOW_S = 10
_PLAIN = re.compile(r"[A-Za-z][\w./-]*(?::\w+)?\Z")


_MEANINGS = {
    "exact_match": "1 if the answer is the expected one; case and punctuation aside",
    "answer_f1": "the words that the answer shares with the expected one, from 0 to 1",
    "latency": "the seconds that an answer took",
}


@dataclass(frozen=True, slots=True)
class Begun:
    """The evaluation that was written; `path` is from the root, `notes` say what was decided."""

    root: Path
    name: str
    path: str
    cases: int
    notes: tuple[str, ...]


def begin_from(
    folder: Path, reference: str, data: Path, name: str | None = None, *, with_margin: bool = False
) -> Begun:
    """Write `evals/<name>.yaml` for a function and a file of cases, and nothing else.

    It stands in the project around the folder, or in the folder itself. Nothing is imported.
    `with_margin` is for gates that compare before a baseline is accepted, as pull requests do.

    Raises:
        InputError: the function, the data or the name does not fit; nothing is written then.
        StoreError: the file cannot be written.
    """
    root = _root(folder)
    function = read_function(reference, root)
    dataset = open_dataset(_inside(data, root), str(data))
    plan = _Plan(
        root=root,
        name=_name(name, function),
        function=function,
        dataset=dataset,
        mapped=map_columns(reference, function.declared, dataset),
        suggestion=suggest_for(dataset),
        with_margin=with_margin,
    )
    path = root / plan.path
    if path.exists():
        raise InputError(f"{plan.path} is there already; nothing was written. Choose a --name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in plan.lines()), "utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    return Begun(root, plan.name, plan.path, dataset.count, tuple(plan.notes()))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is written, and why."""

    root: Path
    name: str
    function: OwnFunction
    dataset: Dataset
    mapped: Mapping[str, str]
    suggestion: Suggestion
    with_margin: bool

    @property
    def path(self) -> str:
        return f"evals/{self.name}.yaml"

    def lines(self) -> Iterator[str]:
        reference = _scalar(self.function.reference)
        yield f"# How good are the answers of {reference}? Run genaiops gate {self.name}"
        yield f"flow: {reference}"
        yield f"dataset: {_scalar(self.dataset.path.relative_to(self.root).as_posix())}"
        if self.mapped:
            yield "inputs:  # parameter: column of the dataset"
            for parameter, column in self.mapped.items():
                yield f'  {parameter}: "${{case.inputs.{column}}}"'
        yield f"timeout_s: {TIMEOUT_S}  # a case that takes longer counts as failed"
        yield ""
        yield "metrics:"
        yield from (f"  - {name}  # {_MEANINGS[name]}" for name in self.suggestion.metrics)
        yield ""
        yield "gates:"
        yield from self._gates()

    def notes(self) -> Iterator[str]:
        for parameter, column in self.mapped.items():
            if parameter != column:
                yield f"the parameter {parameter!r} gets the column {column!r}"
        yield from (str(warning) for warning in self.dataset.warnings)
        if self.suggestion.judged is None:
            yield (
                "no column is an expected answer, so only the time is measured; call one "
                "`expected` to score answers by it"
            )

    def _gates(self) -> Iterator[str]:
        judged, margin = self.suggestion.judged, self.suggestion.margin
        if judged is None:
            share = self.suggestion.quantile
            yield f"  # Proven: {share:.0%} of the answers or more take {SLOW_S} seconds at most."
            yield f"  - {{metric: latency, quantile: {share}, at_most: {SLOW_S}}}"
            return
        floor, points = self.suggestion.floor, round(100 * margin)
        yield f"  # A floor: the mean is proven to be {floor} or more. Raise it to what you need."
        yield f"  - {{metric: {judged}, at_least: {floor}}}"
        if not self.with_margin:
            yield f"  # No worse than the run that you accept. genaiops baseline accept {self.name}"
            yield "  # sees how much scores vary by themselves, and writes which drop is ruled out."
            yield f"  - {{metric: {judged}, no_worse_than: baseline}}"
            return
        yield "  # Against the branch that a pull request goes to, or an accepted run: a drop"
        yield f"  # of {points} points or more is ruled out. {self._on_margin()}".rstrip()
        yield f"  - {{metric: {judged}, no_worse_than: baseline, margin: {margin:.2f}}}"

    def _on_margin(self) -> str:
        if self.suggestion.margin > 0.1:
            return f"{self.dataset.count} cases cannot rule out less; 29 can rule out 10."
        return "150 cases are good for 5." if self.suggestion.margin == 0.1 else ""


def _root(folder: Path) -> Path:
    """The folder of the nearest project file upwards, which holds for all below it; else this."""
    here = folder.resolve()
    with_file = (each for each in (here, *here.parents) if (each / PROJECT_FILE).is_file())
    return next(with_file, here)


def _inside(data: Path, root: Path) -> Path:
    """The file of the cases, by its path in the project."""
    if not data.resolve().is_relative_to(root):
        raise InputError(f"-d {data} lies outside of {root}; copy it there, and name the copy")
    return root / data.resolve().relative_to(root)


def _name(asked: str | None, function: OwnFunction) -> str:
    if asked is None:
        file = function.file
        return file.parent.name if file.name == "__init__.py" else file.stem
    if not re.fullmatch(r"[\w-][\w.-]*", asked):
        raise InputError(f"--name {asked!r}: a name has letters, digits, `-` and `_`")
    return asked


def _scalar(text: str) -> str:
    return text if _PLAIN.match(text) else json.dumps(text, ensure_ascii=False)
