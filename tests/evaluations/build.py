"""Small evaluations, runs and results for tests."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import JsonValue

from genaiops.datasets import open_dataset
from genaiops.errors import FailureKind
from genaiops.evaluations.evaluation import Evaluation
from genaiops.protocols import OnText
from genaiops.records import (
    Case,
    CaseResult,
    EvalRun,
    FlowRun,
    MetricInfo,
    NodeRun,
    Score,
)
from genaiops.specs.evaluation import EvalSpec
from genaiops.store import StoredResult

F1 = MetricInfo(name="f1", metric="f1", low=0, high=1, direction="higher", digest="f")
RUN = EvalRun(
    id="e-1",
    eval="e",
    digest="d" * 64,
    digests={"flow e": "c"},
    metrics=(F1,),
    planned=2,
    version="1",
)
Answer = Callable[[dict[str, JsonValue]], FlowRun]


class ScriptedFlow:
    """A flow whose run is a function of its inputs."""

    name = "scripted"
    digest = "scripted"
    parts: Mapping[str, str] = {"flow scripted": "scripted"}

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.seen: list[tuple[str | None, int]] = []

    def bind(self, given: dict[str, JsonValue]) -> dict[str, JsonValue]:
        return given

    async def run(
        self,
        inputs: dict[str, JsonValue],
        *,
        case_id: str | None = None,
        repeat: int = 0,
        on_text: OnText | None = None,  # noqa: ARG002  the protocol has it
    ) -> FlowRun:
        self.seen.append((case_id, repeat))
        return self._answer(inputs)


class Length:
    """A metric: a tenth of the length of the answer; worst where the product failed."""

    info = F1

    async def score(
        self,
        case: Case,  # noqa: ARG002  the protocol has it
        run: FlowRun,
        *,
        repeat: int = 0,  # noqa: ARG002  the protocol has it
    ) -> Score:
        if run.failure is not None:
            return Score(reason=run.failure.kind)
        return Score(value=len(str((run.outputs or {})["answer"])) / 10)


def evaluation(folder: Path, answer: Answer, count: int = 3, **spec: object) -> Evaluation:
    lines = [json.dumps({"id": f"c{i}", "inputs": {"q": f"{i}"}}) for i in range(count)]
    path = folder / "d.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    said = {"flow": "flows/a", "dataset": "d.jsonl", "metrics": ["answer_f1"], **spec}
    return Evaluation(
        name="e",
        spec=EvalSpec.model_validate(said),
        flow=ScriptedFlow(answer),
        flow_inputs={"q": True},
        metrics=(Length(),),
        dataset=open_dataset(path, "d.jsonl"),
        parts={},
    )


def answered(inputs: dict[str, JsonValue], text: str = "abc") -> FlowRun:
    node = NodeRun(node="answer", kind="prompt", calls=(f"key {inputs}",))
    return FlowRun(flow="scripted", inputs=inputs, outputs={"answer": text}, nodes=(node,))


def result(
    case_id: str,
    value: float | None = 1.0,
    *,
    answer: str = "x",
    status: str = "scored",
    kind: FailureKind | None = None,
) -> StoredResult:
    failure = {"kind": kind, "message": "told"} if kind else None
    score = Score(value=value) if value is not None else Score(reason="metric: told")
    return StoredResult(
        Case(id=case_id, inputs={"q": "?"}),
        CaseResult.model_validate(
            {
                "case_id": case_id,
                "status": status,
                "outputs": {"answer": answer},
                "failure": failure,
                "scores": {"f1": score.model_dump()},
            }
        ),
        (),
    )
