"""Reports and comparisons whose every field holds texts from outside."""

from collections.abc import Sequence

from genaiops.evaluations.comparison import (
    CaseContrast,
    ComparedArm,
    ComparedPair,
    Comparison,
    SliceLeaders,
)
from genaiops.evaluations.reports import ArmReport, Report
from genaiops.gates import MetricEstimate, SliceEstimate
from genaiops.records import (
    Case,
    CaseResult,
    Decision,
    Estimate,
    EvalRun,
    Failure,
    MetricInfo,
    Passage,
    Score,
    Verdict,
)
from genaiops.store import StoredResult

ESTIMATE = Estimate(value=0.5, low=0.4, high=0.6, n=9, level=0.9, method="gaffke")


def wild_arm(texts: Sequence[str], *, cases: Sequence[str] = ("c",)) -> ArmReport:
    """An arm named by the first text: metrics, slices, models and gates for each of `texts`."""
    name = texts[0]
    metrics = tuple(_metric(text) for text in texts)
    run = EvalRun(
        id=name,
        eval=name,
        digest="d" * 64,
        digests=dict.fromkeys(texts, name),
        metrics=metrics,
        slices=tuple(texts),
        variant=name,
        models=tuple(texts),
        planned=len(cases),
        version=name,
        started_at=name,
        git_commit=name,
    )
    estimates = tuple(
        MetricEstimate(info, ESTIMATE, (SliceEstimate(info.name, info.name, ESTIMATE),))
        for info in metrics
    )
    results = [wild_result(text, metrics[0].name) for text in cases]
    return ArmReport(name, Report(run, estimates, _decision(texts, metrics), lambda: iter(results)))


def wild_result(text: str, metric: str) -> StoredResult:
    """A case and its result with the text in every field."""
    passage = Passage(document=text, start=0, end=len(text), text=text)
    shown = passage.model_dump()
    case = Case(
        id=text,
        inputs={text: text, "question": text},
        expected={text: text, "answer": text, "passages": [shown]},
        tags={text: text, "topic": text},
        cluster=text,
    )
    result = CaseResult(
        case_id=text,
        status="scored",
        outputs={text: text, "answer": f"{text} {text}", "passages": [shown]},
        failure=Failure(kind="node", message=text, where=text),
        scores={
            metric: Score(value=0.5, explanation=text, evidence=(text,)),
            text: Score(reason=text or "none"),
        },
    )
    return StoredResult(case, result, ())


def wild_comparison(labels: Sequence[str]) -> Comparison:
    """A comparison of arms with these labels; the last of them failed."""
    first, *_, last = labels
    arms = [
        ComparedArm(
            label, None if label == last else ESTIMATE, 1, 2, 0.1, 0.2, on_front=True, others={},
            failure=last if label == last else None,
        )
        for label in labels
    ]  # fmt: skip
    pairs = tuple(
        ComparedPair(first, label, ESTIMATE, 0.1, 0.2, 0.3, 1, 2, "worse") for label in labels[1:]
    )
    return Comparison(
        metric=_metric(first),
        cases=9,
        clusters=9,
        level=0.95,
        arms=tuple(arms),
        pairs=pairs,
        slices=tuple(SliceLeaders(text, text, 9, (text,), is_proven=True) for text in labels),
        worst=tuple(CaseContrast(text, (0.5,) * len(labels)) for text in labels),
        most_different=(),
        sentence=first,
        notes=tuple(labels),
    )


def _metric(name: str) -> MetricInfo:
    return MetricInfo(name=name, metric=name, low=0, high=1, direction="higher", digest=name)


def _decision(texts: Sequence[str], metrics: Sequence[MetricInfo]) -> Decision:
    verdicts = tuple(
        Verdict(
            gate=text,
            metric=info,
            tier="blocking",
            word="inconclusive",
            sentence=text,
            estimate=ESTIMATE,
            to_decide=text,
        )
        for text, info in zip(texts, metrics, strict=True)
    )
    return Decision(
        eval=texts[0],
        word="inconclusive",
        summary=texts[0],
        blocked=True,
        policy=texts[0],
        policy_sentence=texts[0],
        verdicts=verdicts,
        notes=tuple(texts),
    )
