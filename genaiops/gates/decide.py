"""The decision: every gate's verdict, judged together, and what the policy makes of it."""

from collections.abc import Sequence

from genaiops.errors import InputError
from genaiops.gates.arms import ScoreReader, draw_seed
from genaiops.gates.asked import Asked
from genaiops.gates.baselines import comparison_notes
from genaiops.gates.cluster_words import few_clusters_notes
from genaiops.gates.corrected import corrected
from genaiops.gates.course import Course
from genaiops.gates.find import ask
from genaiops.gates.finding import Finding
from genaiops.gates.look_words import look_notes
from genaiops.gates.policy import (
    Judged,
    decision_word,
    judge,
    judge_slices,
    policy_sentence,
    summary,
)
from genaiops.gates.questions import answers
from genaiops.gates.rules import gate_text
from genaiops.gates.standing import (
    NO_CALIBRATIONS,
    Calibrations,
    gate_standing,
    with_tiers,
)
from genaiops.gates.two_looks import gates_at_a_look, looks_of, two_looks_notes
from genaiops.records import Baseline, Decision, RunScores, Verdict
from genaiops.specs.evaluation import GateSpec, OnInconclusive


def refuse_none(gates: Sequence[GateSpec], name: str) -> None:
    """See that an evaluation has gates.

    Raises:
        InputError: it has none.
    """
    if not gates:
        raise InputError(
            f"evaluation {name!r} has no gate to judge by: add one under `gates:`, for instance "
            "{metric: answer_f1, at_least: 0.7}"
        )


def decide(
    gates: Sequence[GateSpec],
    candidate: RunScores,
    baseline: Baseline | None = None,
    *,
    policy: OnInconclusive,
    calibrations: Calibrations = NO_CALIBRATIONS,
) -> Decision:
    """Judge a run by its gates.

    All blocking gates must pass. A pass needs no correction for their number; a fail does, by
    Holm's method over the p-values of all blocking gates and slices, except where it is observed
    (max_cases). A slice fails or says nothing, and its gate with it. A missing score counts at its
    worst for a pass and at its best for a fail. A run that was looked at before its end is judged
    by claims that hold for all looks together. Where a blocking gate extends, the run is one of two
    looks, and each gate has half of its error at each. What people said of answers that a judge
    scored corrects its gates; without it they are advisory, unless their tier is said.

    Args:
        gates: of the evaluation, at least one.
        candidate: the run to judge.
        baseline: what no_worse_than gates compare with; None if there is none yet.
        policy: what an inconclusive gate does that has no policy of its own.
        calibrations: what people said of answers that metrics scored, by the metric's label.

    Raises:
        InputError: there is no gate, a gate does not fit its metric, a metric is not in the run,
            or the scores are broken: a case twice, a value outside of its metric's range.
    """
    refuse_none(gates, candidate.run.eval)
    gates = with_tiers(gates, candidate.run, calibrations)
    reference = None if baseline is None else baseline.scores
    judgments, looks = looks_of(gates, policy), candidate.run.looks
    asked = _ask_all(gates_at_a_look(gates, policy), candidate, reference, calibrations)
    tested = 0 if looks is None else looks.tested
    judged = _judge_all(asked, draw_seed(candidate.run), policy, tested)
    verdicts = tuple(_verdict(each, judgments) for each in judged)
    return Decision(
        eval=candidate.run.eval,
        word=decision_word(judged),
        summary=summary(judged),
        blocked=any(each.blocks for each in judged),
        policy=policy,
        policy_sentence=policy_sentence(judged, policy),
        verdicts=verdicts,
        notes=(
            *two_looks_notes(candidate.run, judgments),
            *_notes(gates, candidate, reference, verdicts),
        ),
        compared=reference.run.id if reference is not None else None,
        changed=candidate.run.changed_since(reference.run) if reference is not None else (),
    )


def _ask_all(
    gates: Sequence[GateSpec],
    candidate: RunScores,
    reference: RunScores | None,
    calibrations: Calibrations,
) -> list[Asked]:
    here, course = ScoreReader(candidate), Course.of(candidate)
    there = None if reference is None else ScoreReader(reference)
    standings = (gate_standing(gate, candidate.run, calibrations) for gate in gates)
    return [
        ask(gate, here, there, course, standing=standing)
        for gate, standing in zip(gates, standings, strict=True)
    ]


def _judge_all(
    asked: Sequence[Asked], seed: int, policy: OnInconclusive, tested: int
) -> list[Judged]:
    """Judge gates and slices together, for each corrects the others; `tested` of `corrected`."""
    questions = [question for each in asked for question in (each.whole, *each.parts)]
    findings = iter(answers(questions, seed=seed))
    wholes: list[Finding] = []
    parts: list[list[Finding]] = []
    for each in asked:
        wholes.append(next(findings))
        parts.append([next(findings) for _ in each.parts])
    judged = [found for whole, own in zip(wholes, parts, strict=True) for found in own or [whole]]
    p_values = iter(corrected(judged, tested))
    return [
        judge_slices(whole, [(part, next(p_values)) for part in own], policy)
        if own
        else judge(whole, next(p_values), policy)
        for whole, own in zip(wholes, parts, strict=True)
    ]


def _notes(
    gates: Sequence[GateSpec],
    candidate: RunScores,
    reference: RunScores | None,
    verdicts: Sequence[Verdict],
) -> tuple[str, ...]:
    notes = few_clusters_notes(verdict.difference or verdict.estimate for verdict in verdicts)
    if reference is not None and any(gate.no_worse_than is not None for gate in gates):
        notes = [*comparison_notes(candidate, reference), *notes]
    return (*look_notes(candidate.run), *notes)


def _verdict(judged: Judged, looks: int) -> Verdict:
    finding, gate = judged.finding, judged.finding.gate
    compared = finding.comparison
    is_open = judged.word == "inconclusive" and not judged.parts
    limits = (gate.at_least, gate.at_most, gate.max_cases)
    return Verdict(
        gate=gate_text(gate),
        metric=finding.info,
        tier=gate.tier,
        word=judged.word,
        sentence=judged.sentence,
        estimate=finding.estimate,
        baseline=compared.baseline if compared else None,
        difference=compared.difference if compared else None,
        improved=compared.improved if compared else 0,
        worsened=compared.worsened if compared else 0,
        margin=gate.margin,
        margin_ratio=gate.margin_ratio,
        limit=next((limit for limit in limits if limit is not None), None),
        p_fail=None if judged.p_fail is None else min(1.0, looks * judged.p_fail),
        n_needed=finding.remedy.n_needed if is_open else None,
        to_decide=finding.remedy.text if is_open else None,
        blocks=judged.blocks,
        unstable=finding.unstable,
        slice=finding.slice,
        calibration=finding.calibration,
        slices=tuple(_verdict(part, looks) for part in judged.parts),
    )
