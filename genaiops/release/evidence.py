"""Whether a run proves something of a release, and what all evidence comes to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from genaiops.digests import digest
from genaiops.records import Decision, EvalRun
from genaiops.records.releases import Release


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a release cannot be promoted: a gate `failed`, or something is `open` still."""

    kind: Literal["failed", "open"]
    sentences: tuple[str, ...]


def why_no_evidence(run: EvalRun, digests: Mapping[str, str]) -> str | None:
    """Why a run proves nothing of what has these digests; None where it is evidence.

    The digest of a run covers the digests of all it used, so that none of them can become another
    without it.
    """
    inputs = {"digests": run.digests, "seed": run.seed, "repeats": run.repeats}
    if digest(inputs) != run.digest:
        return f"the record of run {run.id} was changed: its digest is not that of its inputs"
    if run.scored + run.errored + run.skipped != run.planned:
        return f"the counts of run {run.id} do not add up"
    if not run.scored:
        return f"run {run.id} scored nothing"
    others = [name for name, value in digests.items() if run.digests.get(name) != value]
    if others:
        return f"run {run.id} is of another {', '.join(others)}"
    return None


def refusal_of(release: Release, decisions: Mapping[str, Decision]) -> Refusal | None:
    """What keeps a release back: every evaluation has to pass; None where all do.

    `decisions` are those of the evaluations that have evidence. Whatever the policy of a gate is
    for pull requests, one that is open proves nothing of a release.
    """
    failed = [f"{name}: {d.summary}" for name, d in decisions.items() if d.word == "fail"]
    if failed:
        return Refusal("failed", tuple(failed))
    still = [
        f"{name}: no run is evidence; genaiops gate {name}, then genaiops release create "
        f"{release.flow}"
        for name in release.evals
        if name not in decisions
    ]
    if not release.evals:
        still.append(f"no evaluation with gates is of {release.flow}: nothing is proven of it")
    still += [f"{name}: {d.summary}" for name, d in decisions.items() if d.word != "pass"]
    return Refusal("open", tuple(still)) if still else None
