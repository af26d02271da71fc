"""The decision: every gate's verdict, judged together, and what the policy makes of it."""

from collections.abc import Sequence

from genaiops.errors import InputError
from genaiops.gates.baselines import cluster_note, comparison_notes
from genaiops.gates.find import find
from genaiops.gates.finding import Finding
from genaiops.gates.policy import Judged, decision_word, judge, policy_sentence, summary
from genaiops.gates.rules import gate_text
from genaiops.records import Baseline, Decision, RunScores, Verdict
from genaiops.specs.evaluation import GateSpec, OnInconclusive
from genaiops.stats import holm_adjusted


def decide(
    gates: Sequence[GateSpec],
    candidate: RunScores,
    baseline: Baseline | None = None,
    *,
    policy: OnInconclusive,
) -> Decision:
    """Judge a run by its gates.

    All blocking gates must pass. A pass needs no correction for their number; a fail does, by
    Holm's method over the p-values of all blocking gates, except where it is observed (max_cases).
    A missing score counts at its worst for a pass and at its best for a fail.

    Args:
        gates: of the evaluation, at least one.
        candidate: the run to judge.
        baseline: what no_worse_than gates compare with; None if there is none yet.
        policy: what an inconclusive gate does that has no policy of its own.

    Raises:
        InputError: there is no gate, a gate does not fit its metric, a metric is not in the run,
            or the scores are broken: a case twice, a value outside of its metric's range.
    """
    if not gates:
        raise InputError(
            f"evaluation {candidate.run.eval!r} has no gate to judge by: add one under `gates:`, "
            "for instance {metric: answer_f1, at_least: 0.7}"
        )
    reference = None if baseline is None else baseline.scores
    findings = [find(gate, candidate, reference) for gate in gates]
    judged = [
        judge(finding, finding.word(p_fail), p_fail, policy)
        for finding, p_fail in zip(findings, _corrected(findings), strict=True)
    ]
    return Decision(
        eval=candidate.run.eval,
        word=decision_word(judged),
        summary=summary(judged),
        blocked=any(each.blocks for each in judged),
        policy=policy,
        policy_sentence=policy_sentence(judged, policy),
        verdicts=tuple(_verdict(each) for each in judged),
        notes=_notes(gates, candidate, reference),
        compared=reference.run.id if reference is not None else None,
        changed=candidate.run.changed_since(reference.run) if reference is not None else (),
    )


def _notes(
    gates: Sequence[GateSpec], candidate: RunScores, reference: RunScores | None
) -> tuple[str, ...]:
    notes = cluster_note(candidate)
    if reference is not None and any(gate.margin is not None for gate in gates):
        notes = [*comparison_notes(candidate, reference), *notes]
    return tuple(notes)


def _corrected(findings: Sequence[Finding]) -> list[float | None]:
    """The p-values of a fail, those of blocking gates corrected for each other."""
    p_values = [finding.p_fail for finding in findings]
    family = [
        (position, finding.p_fail)
        for position, finding in enumerate(findings)
        if finding.gate.tier == "blocking" and finding.p_fail is not None
    ]
    adjusted = holm_adjusted([p_fail for _, p_fail in family])
    for (position, _), p_fail in zip(family, adjusted, strict=True):
        p_values[position] = p_fail
    return p_values


def _verdict(judged: Judged) -> Verdict:
    finding, gate = judged.finding, judged.finding.gate
    compared = finding.comparison
    is_open = judged.word == "inconclusive"
    limits = (gate.at_least, gate.at_most, gate.max_cases)
    return Verdict(
        gate=gate_text(gate),
        metric=finding.info,
        tier=gate.tier,
        word=judged.word,
        sentence=finding.sentences.of(judged.word),
        estimate=finding.estimate,
        baseline=compared.baseline if compared else None,
        difference=compared.difference if compared else None,
        improved=compared.improved if compared else 0,
        worsened=compared.worsened if compared else 0,
        margin=gate.margin,
        limit=next((limit for limit in limits if limit is not None), None),
        p_fail=judged.p_fail,
        n_needed=finding.remedy.n_needed if is_open else None,
        to_decide=finding.remedy.text if is_open else None,
        blocks=judged.blocks,
    )
