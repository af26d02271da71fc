"""One score of one case: from the command line, or of a case that an evaluation has answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.datasets import open_dataset
from genaiops.errors import InputError, suggest
from genaiops.metrics.find import find_metric
from genaiops.project.rescoring import recorded_run
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.records import Case, FlowRun, MetricInfo, Score
from genaiops.records.flow_runs import Untold
from genaiops.specs.answered_case import AnsweredCase
from genaiops.specs.evaluation import EvalSpec, MetricUse
from genaiops.store import StoredResult

_UNTOLD: tuple[Untold, ...] = ("latency", "cost", "tokens")
"""What nobody knows of an answer that was typed."""
_REMEDY = (
    "here: --answer, --expected, --passage, -i NAME=VALUE of the inputs; --arg NAME=VALUE is any "
    "other argument of the metric, also its model or embedder"
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A case and the run that is scored."""

    case: Case
    run: FlowRun


@dataclass(frozen=True, slots=True)
class Said:
    """What the command line says of a case, over what stands in a file or an evaluation."""

    answer: str | None = None
    expected: Sequence[str] = ()
    passages: Sequence[str] = ()
    inputs: Mapping[str, JsonValue] | None = None

    def over(self, known: Answered) -> Answered:
        """The case with what was said in place of its own; what was answered then did not fail."""
        case, run = known.case, known.run
        inputs = {**case.inputs, **(self.inputs or {})}
        expected, outputs = dict(case.expected), dict(run.outputs or {})
        if self.expected:
            expected["answer"] = self.expected[0] if len(self.expected) == 1 else [*self.expected]
        if self.answer is not None:
            outputs["answer"] = self.answer
        if self.passages:
            outputs["passages"] = [_passage(n, text) for n, text in enumerate(self.passages, 1)]
        failure, untold = run.failure, run.untold
        if self.answer is not None:
            failure, untold = None, _UNTOLD
        made = {"inputs": inputs, "outputs": outputs if failure is None else None}
        return Answered(
            case.model_copy(update={"inputs": inputs, "expected": expected}),
            run.model_copy(update={**made, "failure": failure, "untold": untold}),
        )


def answered_case(given: AnsweredCase) -> Answered:
    """A case of a file, or of the command line alone."""
    case = Case(id=given.id, inputs=given.inputs, expected=given.expected, tags=given.tags)
    run = FlowRun(flow="", inputs=given.inputs, outputs=given.outputs, untold=_UNTOLD)
    return Answered(case, run)


def evaluated_case(session: Session, name: str, case_id: str) -> Answered:
    """A case of an evaluation as its dataset has it now, with its newest recorded answer.

    Without an answer the run has no outputs.

    Raises:
        InputError: there is no such evaluation or case.
    """
    spec = session.project.eval(name).spec
    dataset = open_dataset(session.dataset_path(spec.dataset), session.shown(spec.dataset))
    case = next((case for case in dataset.cases() if case.id == case_id), None)
    if case is None:
        known = suggest(case_id, (each.id for each in dataset.cases()))
        raise InputError(f"{dataset.shown} has no case {case_id!r}{known}")
    stored = _newest(session, name, case_id)
    if stored is None:
        return Answered(case, FlowRun(flow=name, inputs=case.inputs, outputs={}))
    return Answered(case, recorded_run(stored, name))


def use_in(spec: EvalSpec, metric: str) -> MetricUse:
    """The metric as an evaluation uses it, by its label or its name, else without arguments."""
    named = [use for use in spec.metrics if metric == use.label]
    named += [use for use in spec.metrics if metric == use.metric]
    return named[0] if named else MetricUse(metric=metric)


async def try_metric(
    wiring: Wiring, use: MetricUse, answered: Answered
) -> tuple[MetricInfo, Score]:
    """Score the case.

    Raises:
        InputError: there is no such metric, or what it needs was not given.
        TrustError: it wants what is not trusted yet.
    """
    case, run = answered.case, answered.run
    find_metric(use.metric, wiring.functions([use]))
    outputs = None if run.outputs is None else tuple(run.outputs)
    try:
        (metric,) = wiring.metrics([use], outputs=outputs, expected=tuple(case.expected))
    except InputError as error:
        raise InputError(f"{error}\n{_REMEDY}") from error
    return metric.info, await metric.score(case, run)


def _passage(number: int, text: str) -> JsonValue:
    return {"document": f"passage {number}", "start": 0, "end": len(text), "text": text}


def _newest(session: Session, name: str, case_id: str) -> StoredResult | None:
    with session.read_store() as store:
        for stored in store.runs(name):
            for result in store.results(stored.run.id):
                if result.case.id == case_id:
                    return result
    return None
