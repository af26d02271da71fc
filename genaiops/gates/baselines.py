"""What a candidate and its baseline have in common, and whether anything changed at all."""

from collections.abc import Collection, Sequence

from genaiops.digests import digest
from genaiops.records import CaseScores, MetricInfo, RunScores
from genaiops.text.quantities import counted

_SHOWN_IDS = 5
_OF_THE_CODE = ("dataset", "flow ", "prompt ", "python ", "index ")
"""How the names of those digests begin that say what was done with the answers of models."""


def metric_of(scores: RunScores, name: str) -> MetricInfo | None:
    """The metric of that name in a run; None if it has none."""
    return next((info for info in scores.run.metrics if info.name == name), None)


def is_unchanged(candidate: RunScores, baseline: RunScores) -> bool:
    """Whether both runs made the same model calls with the same code for the same cases.

    A case without a call, or a run that does not tell its dataset and flow, proves nothing. Nor do
    calls alone: made anew they may be answered otherwise, so scores have to be looked at, too.
    """
    here = answers_digest(candidate)
    return bool(here) and here == answers_digest(baseline)


def answers_digest(scores: RunScores) -> str:
    """The digest of the data, code and model calls that all answers of a run came from.

    Empty where a case made no call, or the run does not tell its dataset and flow.
    """
    digests = scores.run.digests
    code = {name: value for name, value in digests.items() if name.startswith(_OF_THE_CODE)}
    calls = {case.case_id: case.calls for case in scores.cases}
    is_told = "dataset" in code and any(name.startswith("flow ") for name in code)
    if not is_told or not calls or not all(calls.values()):
        return ""
    return digest({"code": code, "calls": calls})


def changed_cases(candidate: RunScores, baseline: RunScores) -> frozenset[str]:
    """The cases whose inputs or expected values differ: no pair, though their ids are the same.

    Runs that do not tell what was asked are taken at their ids.
    """
    asked = {case.case_id: case.asked for case in baseline.cases if case.asked}
    return frozenset(
        case.case_id
        for case in candidate.cases
        if case.asked and asked.get(case.case_id, case.asked) != case.asked
    )


def comparison_notes(candidate: RunScores, baseline: RunScores) -> list[str]:
    """What a reader has to know about a comparison: other data, cases without a partner."""
    here = {case.case_id for case in candidate.cases}
    there = {case.case_id for case in baseline.cases}
    changed = sorted(changed_cases(candidate, baseline))
    notes: list[str] = []
    if candidate.run.digests.get("dataset") != baseline.run.digests.get("dataset"):
        notes.append(
            "the dataset changed since the baseline: compared on the "
            f"{counted(len(here & there) - len(changed), 'case')} that both hold"
        )
    if changed:
        notes.append(
            f"{counted(len(changed), 'case')} with other inputs or expected values, not compared: "
            f"{_listed(changed)}"
        )
    recomputed = _recomputed(candidate, baseline)
    if recomputed:
        told = f"{', '.join(recomputed)} {'is' if len(recomputed) == 1 else 'are'}"
        notes.append(f"{told} computed otherwise than in the baseline, and not compared")
    notes += _scored_otherwise(candidate, baseline, recomputed)
    notes += _unmatched("candidate", "baseline", sorted(here - there))
    if not candidate.run.is_cut_short:
        notes += _unmatched("baseline", "candidate", sorted(there - here))
    return notes


def _recomputed(candidate: RunScores, baseline: RunScores) -> list[str]:
    """The metrics of both runs that have another version, other arguments or another judge."""
    before = {info.name: info.digest for info in baseline.run.metrics}
    return [
        info.name
        for info in candidate.run.metrics
        if before.get(info.name, info.digest) != info.digest
    ]


def _scored_otherwise(
    candidate: RunScores, baseline: RunScores, recomputed: Collection[str]
) -> list[str]:
    """The note about the same calls, code and data that came to other scores."""
    if not is_unchanged(candidate, baseline):
        return []

    def scores(case: CaseScores) -> dict[str, tuple[float | None, ...]]:
        return {name: score for name, score in case.scores.items() if name not in recomputed}

    before = {case.case_id: scores(case) for case in baseline.cases}
    others = sum(scores(case) != before[case.case_id] for case in candidate.cases)
    if not others:
        return []
    cases = counted(others, "case")
    same = f"{cases} scored otherwise than in the baseline on the same model calls, code and data"
    why = "the calls were made anew, or something changed that no digest tells, such as a library"
    return [f"{same}: {why}"]


def _unmatched(arm: str, other: str, ids: Sequence[str]) -> list[str]:
    if not ids:
        return []
    verb = "is" if len(ids) == 1 else "are"
    cases = counted(len(ids), "case")
    return [f"{cases} of the {arm} {verb} not in the {other}: {_listed(ids)}"]


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN_IDS} more" if len(ids) > _SHOWN_IDS else ""
    return f"{', '.join(ids[:_SHOWN_IDS])}{more}"
