"""Functions as flows, and what they reach through the run."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import pytest

from genaiops.errors import CallError, InputError
from genaiops.flow.context import FlowContext
from genaiops.flow.functions import UserFunction
from genaiops.flow.python_flow import PythonFlow
from genaiops.records import Completion, FlowRun, Passage, Usage
from tests.fakes import FixedIndex, MemoryLedger, ScriptedModel
from tests.flow.loading import resources, written

pytestmark = pytest.mark.anyio
PASSAGE = Passage(document="a.md", start=0, end=2, text="Hi")
WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


def flow_of(function: Callable[..., object], **more: object) -> PythonFlow:
    return PythonFlow("f", UserFunction("app:answer", function), resources(**more))  # type: ignore[arg-type]


async def test_a_text_is_the_answer_and_a_mapping_its_fields() -> None:
    def text(question: str) -> str:
        return question.upper()

    async def mapping(question: str, k: int = 3) -> dict[str, object]:
        await asyncio.sleep(0)
        return {"answer": question, "k": k, "passages": (PASSAGE,)}

    assert (await flow_of(text).run({"question": "q"})).outputs == {"answer": "Q"}
    run = await flow_of(mapping).run({"question": "q", "k": 1})
    assert run.outputs == {"answer": "q", "k": 1, "passages": [PASSAGE.model_dump()]}
    assert run.inputs == {"question": "q", "k": 1}
    assert FlowRun.model_validate_json(run.model_dump_json()) == run


@pytest.mark.parametrize(
    ("returned", "kind", "message"),
    [
        (None, "node", "app:answer returned None; return a text, or a mapping"),
        ([1], "node", "returned [1]"),
        ({}, "node", "returned {}"),
        (" ", "empty", "answered nothing"),
        ({"a": object()}, "node", "what app:answer returns holds <class 'object'>"),
    ],
)
async def test_what_is_no_answer_is_a_failure(returned: object, kind: str, message: str) -> None:
    run = await flow_of(lambda: returned).run({})
    assert run.outputs is None
    assert run.failure is not None
    assert run.failure.kind == kind
    assert message in run.failure.message
    assert run.failure.where == "app:answer"


async def test_an_exception_is_a_failure_with_its_line() -> None:
    def answer() -> str:
        raise KeyError("x")

    run = await flow_of(answer).run({})
    assert run.failure is not None
    assert run.failure.kind == "node"
    assert run.failure.message.startswith("app:answer raised KeyError: 'x' (test_python_flow.py:")


async def test_inputs_come_from_the_signature() -> None:
    def answer(question: str, *, k: int = 1) -> str:
        return question * k

    with pytest.raises(InputError) as caught:
        await flow_of(answer).run({"questoin": "x"})
    assert str(caught.value) == (
        "flow 'f': app:answer needs 'question'; it takes no 'questoin'; "
        "did you mean 'question'? (known: k, question)"
    )
    assert flow_of(lambda **rest: str(rest)).bind({"anything": 1}) == {"anything": 1}


async def test_a_text_is_read_as_the_annotation_of_its_parameter_says() -> None:
    def answer(id: int, name: str, note, tags: list[str] | None = None) -> str:  # type: ignore[no-untyped-def]  # noqa: A002, ANN001  as users write it
        return repr((id, name, note, tags))

    flow = flow_of(answer)
    run = await flow.run({"id": "007", "name": "7", "note": "8", "tags": ["9"]})
    assert run.outputs == {"answer": "(7, '7', '8', ['9'])"}
    assert run.inputs["id"] == 7
    with pytest.raises(InputError, match=r"flow 'f': app:answer: 'id' must be int, not 'seven'"):
        flow.bind({"id": "seven", "name": "7", "note": "8"})


async def test_the_run_reaches_models_indexes_ledger_and_trace() -> None:
    said = Completion(text="Hello", latency_s=2, usage=Usage(input_tokens=5, cost_usd=0.1))
    model, index, ledger = ScriptedModel([said]), FixedIndex([PASSAGE]), MemoryLedger()

    async def answer(question: str, run: FlowContext) -> dict[str, object]:
        passages = await run.retrieve("handbook", question, k=2)
        messages = [{"role": "system", "content": "S"}, {"role": "user", "content": question}]
        completion = await run.complete(
            messages, model="m", passages=passages, question=question, temperature=0, stop=["."]
        )
        return {"answer": completion.text, "passages": passages, "case": run.case_id}

    flow = flow_of(answer, models={"m": model}, index=index, ledger=ledger)
    run = await flow.run({"question": "q"}, case_id="c1", repeat=1)
    assert run.outputs == {"answer": "Hello", "passages": [PASSAGE.model_dump()], "case": "c1"}
    assert (run.latency_s, run.usage) == (2, said.usage)
    assert [(n.node, n.kind) for n in run.nodes] == [
        ("retrieve_1", "retrieve"),
        ("complete_1", "prompt"),
        ("app:answer", "python"),
    ]
    (request,) = model.requests
    assert (request.case_id, request.repeat, request.passages) == ("c1", 1, (PASSAGE,))
    assert (request.parameters.temperature, request.parameters.stop) == (0, (".",))
    assert list(ledger.calls) == list(run.nodes[1].calls)
    assert (await flow.run({"question": "q"}, case_id="c1", repeat=1)).outputs == run.outputs
    assert len(model.requests) == 1


async def test_the_time_of_a_function_that_asks_no_model_through_the_run_is_its_own() -> None:
    async def retrieves(run: FlowContext) -> str:
        return (await run.retrieve("handbook", "q"))[0].text

    for function in (lambda: "x", retrieves):
        run = await flow_of(function, index=FixedIndex([PASSAGE])).run({})
        assert run.latency_s == run.nodes[-1].seconds > 0


async def test_calls_beside_each_other_are_recorded_in_the_order_of_asking() -> None:
    async def answer(run: FlowContext) -> str:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run.complete(text, model="m")) for text in "abc"]
        return " ".join(task.result().text for task in tasks)

    model = ScriptedModel(lambda request: request.messages[0].content)
    run = await flow_of(answer, models={"m": model}).run({})
    assert run.outputs == {"answer": "a b c"}
    assert [node.messages[0].content for node in run.nodes[:3]] == ["a", "b", "c"]


@pytest.mark.parametrize("group", [False, True])
async def test_a_failed_call_keeps_its_kind_unless_the_function_handles_it(group: bool) -> None:  # noqa: FBT001  a parameter of the test
    async def answer(run: FlowContext) -> str:
        if not group:
            return (await run.complete("x", model="m")).text
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(run.complete("x", model="m"))
        return task.result().text

    async def handled(run: FlowContext) -> str:
        try:
            return (await run.complete("x", model="m")).text
        except CallError as error:
            return f"sorry: {error.kind}"

    models = {"m": ScriptedModel(lambda _: Completion(text="x", finish_reason="length"))}
    run = await flow_of(answer, models=models).run({})
    assert run.failure is not None
    assert run.failure.kind == "length"
    assert run.nodes[0].failure is not None
    assert (await flow_of(handled, models=models).run({})).outputs == {"answer": "sorry: length"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "n"}, "unknown model 'n'"),
        ({}, "run.complete needs model=…, the name of a model (known: m)"),
        ({"model": "m", "temprature": 0}, "no 'temprature'; did you mean 'temperature'?"),
        ({"model": "m", "temperature": "hot"}, "run.complete: temperature: "),
        (
            {"model": "m", "prompt": [{"role": "boss"}]},
            "run.complete: a message does not fit: role",
        ),
    ],
)
async def test_a_mistake_in_the_function_is_told_as_such(
    arguments: dict[str, object], message: str
) -> None:
    async def answer(run: FlowContext) -> str:
        return (await run.complete(**{"prompt": "x", **arguments})).text  # type: ignore[arg-type]

    with pytest.raises(InputError) as caught:
        await flow_of(answer).run({})
    assert message in str(caught.value)


async def test_a_model_that_stands_in_answers_for_all() -> None:
    async def answer(run: FlowContext) -> str:
        return (await run.complete("x")).text + (await run.complete("y", model="m")).text

    models = {"m": ScriptedModel(), "n": ScriptedModel(["1", "2"], name="n")}
    run = await flow_of(answer, models=models, stand_in="n").run({})
    assert run.outputs == {"answer": "12"}


async def test_a_plain_function_runs_in_a_thread_with_the_context_of_its_task() -> None:
    def answer() -> str:
        return WHO.get()

    WHO.set("me")
    assert (await flow_of(answer).run({})).outputs == {"answer": "me"}


async def test_a_plain_function_may_return_something_to_wait_for() -> None:
    async def later() -> str:
        await asyncio.sleep(0)
        return "done"

    flow = flow_of(lambda: later())  # noqa: PLW0108  the lambda is the plain function
    assert (await flow.run({})).outputs == {"answer": "done"}
    assert len(flow.digest) == 64


async def test_a_value_that_nests_too_deep_is_a_failure() -> None:
    def answer() -> dict[str, object]:
        value: dict[str, object] = {}
        for _ in range(100):
            value = {"x": value}
        return value

    run = await flow_of(answer).run({})
    assert run.failure is not None
    assert "nests deeper than 64 levels" in run.failure.message


def test_what_cannot_be_called_by_name_is_refused() -> None:
    def positional(a: int, /) -> int:
        return a

    def plain(run: FlowContext) -> str:
        return str(run)

    for function, message in [
        (positional, "'a' cannot be given by name"),
        (plain, "must be written with `async def`"),
        (3, "is no function but int"),
    ]:
        with pytest.raises(InputError, match=message):
            UserFunction("app:answer", function)


def test_the_digest_follows_the_file(tmp_path: Path) -> None:
    digests = set[str]()
    for source in ("def f(x): return 1\n", "def f(x): return 2\n", "def f(x): return 1\n"):
        text = 'nodes: {a: {python: "n.py:f", with: {x: 1}}}\noutputs: {o: "${a.output}"}'
        digests.add(written(tmp_path, text, {"n.py": source}).digest)
    assert len(digests) == 2


async def test_a_python_node_reaches_the_run_too(tmp_path: Path) -> None:
    source = """
        async def f(x, run):
            return (await run.complete(x, model="m")).text
    """
    text = 'nodes: {a: {python: "n.py:f", with: {x: hi}}}\noutputs: {o: "${a.output}"}'
    model = ScriptedModel([Completion(text="yes", latency_s=3)])
    run = await written(tmp_path, text, {"n.py": source}, resources({"m": model})).run({})
    assert (run.outputs, run.latency_s) == ({"o": "yes"}, 3)
    assert len(run.nodes[0].calls) == 1
    assert run.nodes[0].model == "scripted"
