"""Two runs side by side: metrics, then the cases that changed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from genaiops.records import EvalRun, MetricInfo
from genaiops.store import StoredResult

ChangeKind = Literal["answer", "passages", "scores"]
_KINDS: tuple[ChangeKind, ...] = ("answer", "passages", "scores")
_OF_A_PASSAGE = {"document", "start", "end", "text"}


@dataclass(frozen=True, slots=True)
class MetricChange:
    """Means over the cases that both runs scored, and how many of them moved which way."""

    info: MetricInfo
    before: float | None
    after: float | None
    paired: int
    improved: int
    worsened: int


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case whose outputs or scores differ; `harm` is the sum of losses in the metrics' favor.

    `kind` is what differs most: the answer (any output but passages, or the failure), else only the
    retrieved passages, else only scores.
    """

    before: StoredResult
    after: StoredResult
    kind: ChangeKind
    scores: Mapping[str, tuple[float | None, float | None]]
    harm: float


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed from one run to another; `digests` names the inputs that differ."""

    before: EvalRun
    after: EvalRun
    digests: tuple[str, ...]
    metrics: tuple[MetricChange, ...]
    cases: tuple[CaseChange, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


def diff_runs(
    before: EvalRun,
    after: EvalRun,
    results_before: Iterable[StoredResult],
    results_after: Iterable[StoredResult],
) -> Diff:
    """Compare two runs by case id and repeat; changed cases come the most harmed first."""
    old = {(r.case.id, r.result.repeat): r for r in results_before}
    new = {(r.case.id, r.result.repeat): r for r in results_after}
    pairs = [(old[key], new[key]) for key in old if key in new]
    shared = [info for info in after.metrics if info.name in {m.name for m in before.metrics}]
    changes = [change for pair in pairs if (change := _case_change(*pair, shared)) is not None]
    return Diff(
        before=before,
        after=after,
        digests=after.changed_since(before),
        metrics=tuple(_metric_change(info, pairs) for info in shared),
        cases=tuple(sorted(changes, key=_order)),
        only_before=tuple(sorted({key[0] for key in old.keys() - new.keys()})),
        only_after=tuple(sorted({key[0] for key in new.keys() - old.keys()})),
    )


def _order(change: CaseChange) -> tuple[float, int, str]:
    return -change.harm, _KINDS.index(change.kind), change.after.case.id


def _value(stored: StoredResult, name: str) -> float | None:
    score = stored.result.scores.get(name)
    return score.value if score else None


def _gain(info: MetricInfo, before: float, after: float) -> float:
    return after - before if info.direction == "higher" else before - after


def _metric_change(
    info: MetricInfo, pairs: Iterable[tuple[StoredResult, StoredResult]]
) -> MetricChange:
    values = [
        (a, b)
        for old, new in pairs
        if (a := _value(old, info.name)) is not None and (b := _value(new, info.name)) is not None
    ]
    gains = [_gain(info, a, b) for a, b in values]
    return MetricChange(
        info=info,
        before=sum(a for a, _ in values) / len(values) if values else None,
        after=sum(b for _, b in values) / len(values) if values else None,
        paired=len(values),
        improved=sum(gain > 0 for gain in gains),
        worsened=sum(gain < 0 for gain in gains),
    )


def _case_change(
    old: StoredResult, new: StoredResult, metrics: Iterable[MetricInfo]
) -> CaseChange | None:
    scores: dict[str, tuple[float | None, float | None]] = {}
    harm = 0.0
    for info in metrics:
        a, b = _value(old, info.name), _value(new, info.name)
        if a != b:
            scores[info.name] = (a, b)
        if a is not None and b is not None and info.unit in {"share", "score"}:
            harm -= min(_gain(info, a, b), 0.0)
    kind = _output_change(old, new) or ("scores" if scores else None)
    return CaseChange(old, new, kind, scores, harm) if kind else None


def _output_change(old: StoredResult, new: StoredResult) -> ChangeKind | None:
    if _ending(old) != _ending(new):
        return "answer"
    before, after = old.result.outputs or {}, new.result.outputs or {}
    names = [name for name in before | after if before.get(name) != after.get(name)]
    if not names:
        return None
    are_passages = all(_are_passages(before.get(name), after.get(name)) for name in names)
    return "passages" if are_passages else "answer"


def _ending(stored: StoredResult) -> tuple[str, str | None]:
    failure = stored.result.failure
    return stored.result.status, failure.kind if failure else None


def _are_passages(*values: JsonValue) -> bool:
    """Whether an output is a list of passages; one of its values may be empty."""
    lists = [value for value in values if value]
    return bool(lists) and all(isinstance(v, list) and all(map(is_passage, v)) for v in lists)


def is_passage(value: JsonValue) -> bool:
    """Whether a value has what a passage has."""
    return isinstance(value, dict) and value.keys() >= _OF_A_PASSAGE
