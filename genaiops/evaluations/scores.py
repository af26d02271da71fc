"""Stored results reduced to what gates and estimates need."""

from collections.abc import Iterable, Iterator

from genaiops.digests import digest
from genaiops.records import (
    NOT_APPLICABLE,
    WORST_KINDS,
    CaseScores,
    EvalRun,
    RunScores,
    Score,
)
from genaiops.store import StoredResult


def run_scores(run: EvalRun, results: Iterable[StoredResult]) -> RunScores:
    """The scores of a run by case; a metric that does not apply to a case is left out of it.

    Each tells by a digest what was asked, so that runs of other data are compared where they agree.
    """
    digests: dict[str, str] = {}
    cases = case_scores(run, _asked(results, digests))
    told = (case.model_copy(update={"asked": digests.pop(case.case_id)}) for case in cases)
    return RunScores(run=run, cases=tuple(told))


def _asked(results: Iterable[StoredResult], digests: dict[str, str]) -> Iterator[StoredResult]:
    """The same results; the digest of each case is noted as it passes by."""
    for stored in results:
        case = stored.case
        if case.id not in digests:
            digests[case.id] = digest({"inputs": case.inputs, "expected": case.expected})
        yield stored


def case_scores(run: EvalRun, results: Iterable[StoredResult]) -> Iterator[CaseScores]:
    """The scores of each case, one by one, from results in the order of the dataset."""
    together: list[StoredResult] = []
    for stored in results:
        if together and together[0].case.id != stored.case.id:
            yield _case_scores(run, together)
            together = []
        together.append(stored)
    if together:
        yield _case_scores(run, together)


def _case_scores(run: EvalRun, repeats: list[StoredResult]) -> CaseScores:
    case = repeats[0].case
    calls = [stored.result.calls for stored in repeats]
    by_metric = {info.name: _values(repeats, info.name) for info in run.metrics}
    return CaseScores(
        case_id=case.id,
        cluster=case.cluster,
        tags={key: case.tags[key] for key in run.slices if key in case.tags},
        scores={name: values for name, values in by_metric.items() if values},
        failed=tuple(
            place
            for place, stored in enumerate(repeats)
            if stored.result.failure is not None
            and stored.result.status == "scored"
            and stored.result.failure.kind in WORST_KINDS
        ),
        calls=digest(calls) if all(calls) else "",
    )


def _values(repeats: list[StoredResult], name: str) -> tuple[float | None, ...]:
    """The scores of the repeats to which the metric applies; None is missing."""
    scores = [stored.result.scores.get(name) for stored in repeats]
    return tuple(score.value if score else None for score in scores if not is_left_out(score))


def is_left_out(score: Score | None) -> bool:
    """Whether the metric does not apply to the case, so that no score is missing."""
    reason = score.reason if score else None
    return reason is not None and reason.startswith(NOT_APPLICABLE)
