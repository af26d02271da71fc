"""Small runs with given scores, for tests of gates."""

from collections.abc import Mapping, Sequence
from typing import Any

from genaiops.records import Baseline, CaseScores, EvalRun, MetricInfo, RunScores
from genaiops.specs.evaluation import GateSpec

Row = Sequence[float | None] | float | None
"""The scores of one case: one a repeat, or one alone."""

ANSWER_OK = MetricInfo(
    name="answer_ok", metric="answer_ok", low=0, high=1, direction="higher", binary=True, digest="a"
)
ANSWER_F1 = MetricInfo(
    name="answer_f1", metric="answer_f1", low=0, high=1, direction="higher", digest="b"
)
PII_LEAK = MetricInfo(
    name="pii_leak", metric="pii_leak", low=0, high=1, direction="lower", binary=True, digest="c"
)
LATENCY = MetricInfo(
    name="latency", metric="latency", low=0, high=None, direction="lower", unit="s", digest="d"
)
RATING = MetricInfo(
    name="rating", metric="recorded", low=1, high=5, direction="higher", unit="score", digest="e"
)


def run_of(
    info: MetricInfo, rows: Sequence[Row] | Mapping[str, Row], *, repeats: int = 1, **run: Any
) -> RunScores:
    """A run with one metric; cases are called c0, c1 and so on where no ids are given."""
    by_id = rows if isinstance(rows, Mapping) else {f"c{i}": row for i, row in enumerate(rows)}
    cases = [
        CaseScores(case_id=case_id, scores={info.name: _tuple(row)}, calls=f"calls of {case_id}")
        for case_id, row in by_id.items()
    ]
    return merged(info, cases, repeats=repeats, **run)


def merged(
    info: MetricInfo, cases: Sequence[CaseScores], *, repeats: int = 1, **run: Any
) -> RunScores:
    """A run of one metric with these cases; `run` stands in for fields of its record."""
    fields: dict[str, Any] = {
        "id": "r1",
        "eval": "assistant",
        "digest": "0",
        "digests": {"dataset": "d1"},
        "metrics": (info,),
        "repeats": repeats,
        "planned": len(cases) * repeats,
        "version": "0",
    }
    return RunScores(run=EvalRun(**{**fields, **run}), cases=tuple(cases))


def joined(*runs: RunScores) -> RunScores:
    """One run with the metrics of all, on the same cases."""
    by_id: dict[str, CaseScores] = {}
    for case in (case for run in runs for case in run.cases):
        before = by_id.get(case.case_id, case)
        by_id[case.case_id] = before.model_copy(update={"scores": before.scores | case.scores})
    metrics = tuple(info for run in runs for info in run.run.metrics)
    record = runs[0].run.model_copy(update={"metrics": metrics})
    return RunScores(run=record, cases=tuple(by_id.values()))


def clustered(run: RunScores, size: int) -> RunScores:
    """The run with so many cases in a row in each cluster."""
    cases = (
        case.model_copy(update={"cluster": f"k{place // size}"})
        for place, case in enumerate(run.cases)
    )
    return RunScores(run=run.run, cases=tuple(cases))


def tagged(run: RunScores, topics: Sequence[str]) -> RunScores:
    """The run with a tag `topic` of each case."""
    cases = (
        case.model_copy(update={"tags": {"topic": topic}})
        for case, topic in zip(run.cases, topics, strict=True)
    )
    record = run.run.model_copy(update={"slices": ("topic",)})
    return RunScores(run=record, cases=tuple(cases))


def gate(info: MetricInfo, **fields: Any) -> GateSpec:
    return GateSpec(metric=info.name, **fields)


def no_worse(margin: float, info: MetricInfo = ANSWER_OK, **fields: Any) -> GateSpec:
    return gate(info, no_worse_than="baseline", margin=margin, **fields)


def accepted(scores: RunScores) -> Baseline:
    return Baseline(scores=scores)


def binary_pairs(gains: int, harms: int, right: int, wrong: int) -> tuple[list[float], list[float]]:
    """Scores of (candidate, baseline) with so many cases fixed, broken, right and wrong in both."""
    candidate = [1.0] * gains + [0.0] * harms + [1.0] * right + [0.0] * wrong
    baseline = [0.0] * gains + [1.0] * harms + [1.0] * right + [0.0] * wrong
    return candidate, baseline


def _tuple(row: Row) -> tuple[float | None, ...]:
    return (row,) if row is None or isinstance(row, (int, float)) else tuple(row)
