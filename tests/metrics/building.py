"""Cases, runs and metrics for tests of metrics."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import JsonValue

from genaiops.metrics import Resources, bind_metric
from genaiops.metrics.scoring import BoundMetric
from genaiops.records import Case, Failure, FlowRun, GoldPassage, Passage, Usage
from genaiops.specs.evaluation import MetricUse

OUTPUTS = ("answer", "passages")
EXPECTED = ("answer", "answerable", "passages")


def use_of(written: JsonValue) -> MetricUse:
    return MetricUse.model_validate(written)


def bind(
    written: JsonValue,
    *,
    outputs: Collection[str] | None = OUTPUTS,
    expected: Collection[str] = EXPECTED,
    resources: Resources | None = None,
) -> BoundMetric:
    return bind_metric(
        use_of(written), outputs=outputs, expected=expected, resources=resources or Resources()
    )


def bind_function(function: Any, arguments: Mapping[str, JsonValue] | None = None) -> BoundMetric:
    resources = Resources(functions={"nodes.py:mine": function})
    written: JsonValue = {"metric": "nodes.py:mine", "arguments": dict(arguments or {})}
    return bind(written, resources=resources)


def case_of(expected: dict[str, JsonValue] | None = None, **more: Any) -> Case:
    labels: dict[str, JsonValue] = {"answer": "thirty pounds"} if expected is None else expected
    return Case(id="one", inputs={"question": "How much?"}, expected=labels, **more)


def run_of(answer: JsonValue = "thirty pounds", **more: Any) -> FlowRun:
    outputs: dict[str, JsonValue] = {"answer": answer, **more.pop("outputs", {})}
    given: dict[str, Any] = {"latency_s": 0.25, "usage": Usage(input_tokens=7), **more}
    return FlowRun(flow="f", inputs={"question": "How much?"}, outputs=outputs, **given)


def failed_run(kind: Any, message: str = "it broke") -> FlowRun:
    usage = Usage(input_tokens=5, output_tokens=1, cost_usd=0.5)
    failure = Failure(kind=kind, message=message, where="answer")
    return FlowRun(flow="f", inputs={}, failure=failure, latency_s=1.5, usage=usage)


def passage(text: str, *, document: str = "d", start: int = 0) -> Passage:
    return Passage(document=document, start=start, end=start + len(text), text=text)


def span(start: int, end: int, *, document: str = "d") -> Passage:
    return Passage(document=document, start=start, end=end, text="x" * (end - start))


def label(start: int, end: int, *, document: str = "d", relevance: float = 1) -> GoldPassage:
    text = "x" * (end - start)
    return GoldPassage(document=document, start=start, end=end, text=text, relevance=relevance)
