"""A run becomes the baseline of its evaluation, whose gates then have a margin to begin with."""

from pathlib import Path

from genaiops.errors import InputError, SpecError
from genaiops.evaluations.baseline import write_baseline
from genaiops.gates import decide
from genaiops.project.beginning import Beginning, begun_text, write_begun
from genaiops.project.calibrations import load_calibrations
from genaiops.project.judging import baseline_path, load_baseline
from genaiops.project.session import Session
from genaiops.records import Baseline, RunScores, Verdict
from genaiops.specs.evaluation import GateSpec


def accept_baseline(
    session: Session,
    scores: RunScores,
    reason: str | None,
    *,
    beginning: Beginning | None = None,
) -> Path:
    """Write a run as the baseline of its evaluation, in place of a damaged one too.

    What its gates begin with is written into the file of the evaluation.

    Raises:
        InputError: a gate blocks and no reason is given, or it is empty.
        SpecError: a margin cannot be placed in the file; nothing is written then.
        ExecutionError: a file cannot be written.
    """
    refuse_blocked(session, scores, reason)
    name = scores.run.eval
    text = None if beginning is None else begun_text(session, name, beginning)
    path = baseline_path(session.root, name)
    write_baseline(path, Baseline(scores=scores, reason=reason))
    if text is not None:
        write_begun(session, name, text)
    return path


def refuse_blocked(session: Session, scores: RunScores, reason: str | None) -> None:
    """See that a run may become the baseline: no gate blocks it, or a reason is given.

    Gates that have nothing to compare with block none: a baseline is what they wait for.

    Raises:
        InputError: a gate blocks and no reason is given, or it is empty.
    """
    if reason is not None and not reason.strip():
        raise InputError("--reason is empty: say why this run is accepted")
    run = scores.run
    spec = session.project.eval(run.eval).spec
    if reason is not None or not spec.gates:
        return
    known = _sound_baseline(session, run.eval)
    calibrations = load_calibrations(session, run)
    policy = spec.on_inconclusive
    decision = decide(spec.gates, scores, known, policy=policy, calibrations=calibrations)
    told = [
        f"{verdict.gate} {'fails' if verdict.word == 'fail' else 'is left open, which blocks'}"
        for gate, verdict in zip(spec.gates, decision.verdicts, strict=True)
        if verdict.blocks and not _waits_for_a_baseline(gate, verdict)
    ]
    if told:
        raise InputError(f"run {run.id!r}: {'; '.join(told)}: accept it with --reason WHY")


def _waits_for_a_baseline(gate: GateSpec, verdict: Verdict) -> bool:
    return gate.no_worse_than is not None and verdict.difference is None


def _sound_baseline(session: Session, name: str) -> Baseline | None:
    try:
        return load_baseline(session, name)
    except SpecError:
        return None
