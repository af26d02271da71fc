from genaiops.records import Failure, FlowRun, Message, NodeRun, Usage
from genaiops.records.live_runs import without_content

SECRET = "SECRET"
FAILURE = Failure(kind="node", message=f"ValueError: {SECRET}", where="answer")
NODE = NodeRun(
    node="answer", kind="prompt", outputs={"text": SECRET}, failure=FAILURE, seconds=0.5,
    latency_s=0.25, usage=Usage(input_tokens=3), calls=(SECRET,), made_again=("rate_limit",),
    model="m", messages=(Message(role="user", content=SECRET),),
)  # fmt: skip
RUN = FlowRun(
    flow="echo", inputs={"question": SECRET}, outputs={"answer": SECRET}, failure=FAILURE,
    nodes=(NODE, NODE), latency_s=0.25, usage=Usage(input_tokens=6),
)  # fmt: skip


def test_nothing_that_was_said_is_left_of_a_run() -> None:
    assert SECRET not in without_content(RUN).model_dump_json()


def test_its_figures_and_kinds_of_failures_are_left() -> None:
    left = without_content(RUN)
    assert (left.flow, left.latency_s, left.usage) == ("echo", 0.25, RUN.usage)
    assert left.failure == Failure(kind="node", message="", where="answer")
    assert (left.nodes[0].made_again, left.nodes[0].model) == (("rate_limit",), "m")
    assert (left.outputs, left.nodes[0].outputs) == ({}, {})


def test_a_run_without_outputs_has_none_then() -> None:
    failed = RUN.model_copy(update={"outputs": None})
    assert without_content(failed).outputs is None
