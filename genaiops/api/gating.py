"""`genaiops.gate` and `genaiops.assert_gate`: judge what was evaluated."""

import warnings
from pathlib import Path
from typing import Unpack

from genaiops.api.evaluated import Evaluated
from genaiops.api.evaluating import evaluate
from genaiops.api.gated import Gated
from genaiops.api.options import RunOptions
from genaiops.errors import InputError
from genaiops.project.judging import judge_run


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
    if isinstance(evaluation, str):
        evaluation = evaluate(evaluation, project=project, **options)
    elif project is not None or options:
        raise InputError("project= and options go with an evaluation by name: this one has run")
    reference = against if isinstance(against, str) else against.run.id
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

    An open gate that does not block is no pass: it is told by a warning.

    Raises:
        AssertionError: a gate failed, or was left open and the policy blocks; with what `genaiops
            gate` prints.
        InputError, TrustError, ExecutionError: as for `gate`.
    """
    __tracebackhide__ = True
    gated = gate(evaluation, against=against, project=project, **options)
    if gated.blocked:
        raise AssertionError(str(gated))
    if gated.word != "pass":
        warnings.warn(str(gated), stacklevel=2)
    return gated
