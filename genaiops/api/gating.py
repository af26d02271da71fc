"""`genaiops.gate`, `assert_gate` and `assert_scores`: judge what was evaluated."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Unpack, get_args

from genaiops.api.evaluated import Evaluated
from genaiops.api.evaluating import evaluate
from genaiops.api.gated import Gated
from genaiops.api.handed import absolute
from genaiops.api.open_gates import tell
from genaiops.api.options import RunOptions
from genaiops.errors import InputError
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.gates import decide
from genaiops.gates.decide import refuse_none
from genaiops.project.judging import judge_run, named_reference, reference_of, scores_of
from genaiops.project.session import open_session
from genaiops.specs.evaluation import AtOnce, GateSpec

_TOLD_WIDTH = 78
"""Of an open gate, which pytest lists two columns further in."""


def gate(
    evaluation: str | Evaluated,
    *,
    against: str | Evaluated = "baseline",
    project: str | Path | None = None,
    **options: Unpack[RunOptions],
) -> Gated:
    """Judge an evaluation by its gates.

    Args:
        evaluation: one of the project by its name, which is run now, or what `evaluate` gave.
        against: `baseline`, or a run that takes its place: its id, or what `evaluate` gave.
        project: as for `evaluate`.
        options: as for `evaluate`, where the evaluation is named.

    Raises:
        InputError: there is no such evaluation or run, or it has no gates.
        TrustError: the project wants a host or a variable that is not trusted yet.
        ExecutionError: not one case could be scored.
    """
    reference = against if isinstance(against, str) else against.run.id
    if isinstance(evaluation, str):
        reference = _known(evaluation, reference, project)
        evaluation = evaluate(evaluation, project=project, **options)
    elif project is not None or options:
        raise InputError("project= and options go with an evaluation by name: this one has run")
    with evaluation.session.read_store() as store:
        decision = judge_run(evaluation.session, store, evaluation.run, against=reference)
    return Gated(decision, evaluation)


def assert_gate(
    evaluation: str | Evaluated,
    *,
    against: str | Evaluated = "baseline",
    project: str | Path | None = None,
    **options: Unpack[RunOptions],
) -> Gated:
    """Judge as `gate` does, and fail a test where that blocks.

    An open gate that does not block is no pass: under pytest the test is reported as INCONCLUSIVE,
    elsewhere it is told by a warning.

    Raises:
        AssertionError: a gate failed, or was left open and the policy blocks; with what `genaiops
            gate` prints.
        InputError, TrustError, ExecutionError: as for `gate`.
    """
    __tracebackhide__ = True
    return _asserted(gate(evaluation, against=against, project=project, **options))


def assert_scores(
    evaluated: Evaluated,
    *,
    at_least: Mapping[str, float] | None = None,
    at_most: Mapping[str, float] | None = None,
    on_inconclusive: AtOnce = "block_if_worse",
) -> Gated:
    """Fail a test unless means of metrics are proven, or not known to be worse, as gates do.

    A limit passes where the bound of the mean keeps it, not the mean alone: a test of few cases
    stays open. What that does, `on_inconclusive` says, as in the file of an evaluation; where it
    does not block, it is no pass either and told as `assert_gate` tells it.

    Args:
        evaluated: what `evaluate` gave.
        at_least: a limit for the mean of each of these metrics, in units of the metric.
        at_most: the same from above.
        on_inconclusive: `block`, `allow`, or `block_if_worse`: where what was seen breaks a limit.

    Raises:
        AssertionError: a limit is proven to be broken, or is left open and the policy blocks.
        InputError: there is no limit, or it is none; the run has no such metric, or no mean of it
            can be proven.
    """
    __tracebackhide__ = True
    limits = {"at_least": at_least or {}, "at_most": at_most or {}}
    gates = [_limit(rule, *each) for rule, asked in limits.items() for each in asked.items()]
    if not gates:
        raise InputError("assert_scores needs a limit: at_least={'answer_f1': 0.7}")
    if on_inconclusive not in get_args(AtOnce):
        raise InputError.unknown("on_inconclusive", on_inconclusive, get_args(AtOnce))
    with evaluated.session.read_store() as store:
        scores = scores_of(store, store.run(evaluated.run.id))
    return _asserted(Gated(decide(gates, scores, policy=on_inconclusive), evaluated))


def _known(name: str, reference: str, project: str | Path | None) -> str:
    """What an evaluation by name is to be judged beside, before it is run and paid for.

    That is `baseline`, or the id of the run, whatever the newest is once this one is made.

    Raises:
        InputError: there is no such evaluation or run, or it has no gates.
    """
    session = open_session(absolute(project), anywhere=project is None)
    refuse_none(session.project.eval(name).spec.gates, name)
    with session.read_store() as store:
        reference = named_reference(store, reference)
        reference_of(session, store, name, reference)
    return reference


def _limit(rule: str, metric: str, limit: object) -> GateSpec:
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not isfinite(limit):
        raise InputError(f"{rule} of {metric!r} is {limit!r}: write a number")
    return GateSpec.model_validate({"metric": metric, rule: limit})


def _asserted(gated: Gated) -> Gated:
    """The same, which did not block.

    Raises:
        AssertionError: it did.
    """
    __tracebackhide__ = True
    if gated.blocked:
        raise AssertionError(str(gated))
    if gated.word != "pass":
        tell(decision_text(gated.decision, gated.evaluated.run, width=_TOLD_WIDTH), stacklevel=3)
    return gated
