"""A person labels a random sample of answers, may stop and go on: the book of what was said."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from genaiops.errors import InputError
from genaiops.evaluations.calibration_file import calibration_name
from genaiops.project.drawn_answers import DrawnAnswer, draw_answers
from genaiops.project.files import eval_name
from genaiops.project.kept_labels import Entry, KeptLabels, begun_labels
from genaiops.project.label_file import Sample
from genaiops.project.session import Session
from genaiops.records import EvalRun, MetricInfo
from genaiops.store import Store

Key = tuple[str, str, int]
"""Run, case and repeat of an answer."""

_OUTPUT = re.compile(r"\$\{run\.outputs\.([^.}]+)")


@dataclass(slots=True)
class LabelBook:
    """What one rater says of a sample, kept after each word; others may write there meanwhile.

    `order` is all answers that could be drawn, in the order in which people get them. `hidden` are
    outputs that hold a recorded score: whoever labels is not to see them.
    """

    kept: KeptLabels
    eval: str
    info: MetricInfo
    order: Sequence[DrawnAnswer]
    rater: str
    hidden: frozenset[str]
    _said: list[Key] = field(init=False)
    """What `undo` takes back: of before, and of this book, but not of another terminal."""

    def __post_init__(self) -> None:
        entries = self.kept.entries()
        self._said = [_key(each) for each in self._own(entries) if not each.get("failed")]

    def next(self, n: int) -> DrawnAnswer | None:
        """The next of the first n answers that this rater has not seen; failed ones are entered.

        A failure of the product is the worst of the range, whoever looks at it.
        """
        seen = self._seen()
        for drawn in self.order[:n]:
            if drawn.key not in seen:
                if not drawn.is_failed:
                    return drawn
                self._enter(drawn, {"label": self.info.worst, "failed": True})
        return None

    def place(self, drawn: DrawnAnswer) -> int:
        """The number of an answer in the sample, from 1."""
        return self.order.index(drawn) + 1

    @property
    def labelled(self) -> int:
        """How many answers this rater gave a label, or skipped."""
        return len(self._seen())

    def label(self, drawn: DrawnAnswer, value: float) -> None:
        """Keep what the rater gave an answer.

        Raises:
            InputError: somebody labelled it by the same name meanwhile.
        """
        self._enter(drawn, {"label": value})
        self._said.append(drawn.key)

    def skip(self, drawn: DrawnAnswer) -> None:
        """Keep that the rater gave it nothing.

        Raises:
            InputError: somebody labelled it by the same name meanwhile.
        """
        self._enter(drawn, {"skipped": True})
        self._said.append(drawn.key)

    def undo(self) -> bool:
        """Forget the rater's last label or skip; False where there is none."""
        while self._said:
            key = self._said.pop()
            with self.kept.changing() as entries:
                for entry in self._own(entries):
                    if _key(entry) == key:
                        entries.remove(entry)
                        return True
        return False

    def _own(self, entries: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.get("rater", "") == self.rater]

    def _seen(self) -> set[Key]:
        return {_key(entry) for entry in self._own(self.kept.entries())}

    def _enter(self, drawn: DrawnAnswer, said: Entry) -> None:
        run, case_id, repeat = drawn.key
        who: Entry = {"rater": self.rater} if self.rater else {}
        entry: Entry = {"run": run, "case_id": case_id, "repeat": repeat, **who, **said}
        with self.kept.changing() as entries:
            if entry in entries:
                return
            if drawn.key in map(_key, self._own(entries)):
                name = f"rater {self.rater!r}" if self.rater else "an unnamed rater"
                raise InputError(
                    f"not kept: {name} labelled {case_id!r} meanwhile; where two people label, "
                    "each gives a name: --rater NAME"
                )
            entries.append(entry)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be labelled.

    Attributes:
        runs: One, or two of the same evaluation whose answers are then mixed.
        metric: On whose scale; not needed where one metric of the run is a judge.
        path: Of the file; by default `evals/labels/<eval>.<metric>.jsonl`.
        rater: Who labels, where more than one person does.
        seed: Of the draw, for a new file.
    """

    runs: Sequence[str]
    metric: str | None = None
    path: Path | None = None
    rater: str = ""
    seed: int = 0


def open_book(session: Session, store: Store, wanted: Wanted) -> LabelBook:
    """The book of a sample, new or as it was left.

    Raises:
        InputError: no such run or metric, or the file holds labels of other answers.
        SpecError: the file holds something else than labels.
    """
    runs = [store.run(reference).run for reference in wanted.runs]
    if len({run.eval for run in runs}) > 1:
        raise InputError("the runs are of different evaluations: label one after the other")
    info = _scale(runs[0], wanted.metric)
    name = calibration_name(eval_name(runs[0].eval), info.name)
    path = wanted.path or session.root / "evals" / "labels" / name
    marks = {run.id: run.mark for run in runs}
    kept = begun_labels(path, Sample(runs=marks, seed=wanted.seed, metric=info.name))
    results = {run: tuple(store.results(run, with_nodes=False)) for run in marks}
    order = draw_answers(results, seed=kept.sample.seed)
    hidden = _recorded_scores(session, runs[0].eval)
    return LabelBook(kept, runs[0].eval, info, order, wanted.rater, hidden)


def _key(entry: Entry) -> Key:
    return str(entry["run"]), str(entry["case_id"]), int(str(entry.get("repeat", 0)))


def _recorded_scores(session: Session, name: str) -> frozenset[str]:
    uses = session.project.eval(name).spec.metrics
    values = [str(use.arguments.get("value")) for use in uses if use.metric == "recorded"]
    return frozenset(found[1] for value in values if (found := _OUTPUT.match(value)))


def _scale(run: EvalRun, metric: str | None) -> MetricInfo:
    known = {info.name: info for info in run.metrics if info.worst is not None}
    bounded = {name: info for name, info in known.items() if info.best is not None}
    if metric is not None:
        if metric not in bounded:
            raise InputError.unknown("metric with a bounded range", metric, bounded)
        return bounded[metric]
    judges = [info for info in bounded.values() if info.judge is not None]
    if len(judges) != 1:
        named = ", ".join(info.name for info in judges or bounded.values())
        raise InputError(f"say on whose scale to label: --metric NAME ({named})")
    return judges[0]
