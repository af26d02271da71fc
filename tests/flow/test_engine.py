"""The engine: order, branches, loops, time, retries, and each kind of failure."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from genaiops.errors import CallError, FailureKind, InputError, StoreError
from genaiops.flow.compile import compile_flow
from genaiops.protocols import OnText
from genaiops.records import Completion, CompletionRequest, FlowRun, Usage
from tests.attacks import ATTACKS
from tests.fakes import MemoryLedger, ScriptedModel
from tests.flow.loading import FLOWS, Naps, parts, resources, shipped, spec_of, written

pytestmark = pytest.mark.anyio
ONE = """
inputs: {q: string}
nodes: {a: {prompt: p.md, model: m, with: {q: "${inputs.q}"}}}
outputs: {answer: "${a.text}"}
"""
PROMPT = {"p.md": "{{ q }}"}


def with_lines(*lines: str) -> str:
    """The flow ONE with more keys for its node."""
    return ONE.replace("model: m,", ", ".join(["model: m", *lines]) + ",")


def failed(run: FlowRun) -> tuple[FailureKind, str]:
    assert run.outputs is None
    assert run.failure is not None
    return run.failure.kind, run.failure.message


async def test_a_run_tells_what_each_node_did(tmp_path: Path) -> None:
    said = Completion(text="x", latency_s=1.5, usage=Usage(input_tokens=3, cost_usd=0.1))
    flow = written(tmp_path, ONE, PROMPT, resources({"m": ScriptedModel([said])}))
    run = await flow.run({"q": "Hi"}, case_id="c7", repeat=2)
    (node,) = run.nodes
    assert run.flow == "f"
    assert run.inputs == {"q": "Hi"}
    assert (node.node, node.kind, node.model) == ("a", "prompt", "scripted")
    assert node.outputs == {
        "text": "x",
        "json": None,
        "tool_calls": [],
        "finish_reason": "stop",
        "usage": {"input_tokens": 3, "output_tokens": 0, "cost_usd": 0.1},
    }
    assert (run.latency_s, run.usage) == (1.5, said.usage)
    assert len(node.calls) == 1
    assert FlowRun.model_validate_json(run.model_dump_json()) == run


async def test_case_and_repeat_reach_the_model(tmp_path: Path) -> None:
    model = ScriptedModel(["x"])
    flow = written(tmp_path, ONE, PROMPT, resources({"m": model}))
    await flow.run({"q": "Hi"}, case_id="c7", repeat=2)
    assert (model.requests[0].case_id, model.requests[0].repeat) == ("c7", 2)


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (Completion(text="x", finish_reason="length"), "length", "raise max_tokens"),
        (Completion(text="", finish_reason="content_filter"), "content_filter", "withheld"),
        (Completion(text=" \n"), "empty", "answered nothing"),
        *[
            (CallError(kind, "told"), kind, "told")
            for kind in ("rate_limit", "server", "timeout", "connection", "truncated", "malformed",
                         "content_filter", "context_window", "auth", "budget", "recording")
        ],
    ],
)  # fmt: skip
async def test_each_failure_of_a_call_is_on_record(
    tmp_path: Path, answer: Completion | CallError, kind: str, message: str
) -> None:
    flow = written(tmp_path, ONE, PROMPT, resources({"m": ScriptedModel([answer])}))
    run = await flow.run({"q": "Hi"})
    assert failed(run)[0] == kind
    assert message in failed(run)[1]
    assert run.failure is not None
    assert run.failure.where == "a"
    assert run.nodes[0].failure == run.failure
    assert len(run.nodes[0].calls) == isinstance(answer, Completion)


SCHEMA = {"p.md": "---\nresponse_schema: {type: object, required: [n]}\n---\n{{ q }}"}


@pytest.mark.parametrize(
    "said",
    [
        "no json", "[1]", "{}", "[" * 5000, '{"n": 1',
        '{"n": NaN}', '{"n": 1e999}', '{"n": "\\ud800"}', f'{{"n": 1{"0" * 5000}}}',
    ],
    ids=["none", "list", "empty", "deep", "cut", "nan", "infinite", "half character", "long"],
)  # fmt: skip
async def test_an_answer_that_breaks_its_schema_is_a_failure(tmp_path: Path, said: str) -> None:
    flow = written(tmp_path, ONE, SCHEMA, resources({"m": ScriptedModel([said])}))
    assert failed(await flow.run({"q": "Hi"}))[0] == "schema"


async def test_a_template_that_does_not_render_is_a_failure(tmp_path: Path) -> None:
    flow = written(tmp_path, ONE, {"p.md": "{{ q.field }}"}, resources({"m": ScriptedModel()}))
    kind, message = failed(await flow.run({"q": "Hi"}))
    assert kind == "template"
    assert message.startswith("p.md:1: 'field' asks text for a field")


PYTHON = """
inputs: {x: {type: list, default: [1]}}
nodes: {a: {python: "n.py:f", with: {x: "${inputs.x}"}}}
outputs: {answer: "${a.output}"}
"""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise ValueError('no')", "n.py:f raised ValueError: no (n.py:2)"),
        ("raise SystemExit(3)", "raised SystemExit: 3"),
        ("raise StopIteration", "raised RuntimeError: StopIteration"),
        ("raise TimeoutError", "raised TimeoutError"),
        ("return {1, 2}", "what n.py:f returns holds <class 'set'>"),
        ("return {'a': float('nan')}", "what n.py:f returns holds nan"),
        ("return {1: 2}", "holds the key 1; keys are texts"),
        ("return {'a': 1}", "${a.output}: no field 'output'"),
    ],
)
@pytest.mark.parametrize("keyword", ["def", "async def"])
async def test_what_a_python_node_does_wrong_is_on_record(
    tmp_path: Path, keyword: str, body: str, message: str
) -> None:
    if keyword == "async def" and "StopIteration" in body:
        message = "coroutine raised StopIteration"
    flow = written(tmp_path, PYTHON, {"n.py": f"{keyword} f(x):\n    {body}\n"})
    kind, told = failed(await flow.run({}))
    assert kind == "node"
    assert message in told


async def test_a_python_node_cannot_change_what_others_see(tmp_path: Path) -> None:
    flow = written(
        tmp_path,
        PYTHON.replace("outputs: {", 'outputs: {x: "${inputs.x}", '),
        {"n.py": "def f(x):\n    x.append(2)\n    return x\n"},
    )
    assert (await flow.run({})).outputs == {"x": [1], "answer": [1, 2]}


async def test_a_node_that_takes_too_long_is_a_failure(tmp_path: Path) -> None:
    source = "import asyncio\nasync def f(x):\n    await asyncio.Event().wait()\n"
    text = PYTHON.replace("with:", "timeout_s: 0.01, retries: 3, with:")
    flow = written(tmp_path, text, {"n.py": source})
    assert failed(await flow.run({})) == ("timeout", "not done after 0.01 s")


NEEDS_A = {"p.md": "---\nresponse_schema: {type: object, required: [a]}\n---\n{{ q }}\n"}


async def test_retries_of_a_prompt_node_ask_for_another_answer_at_once(tmp_path: Path) -> None:
    model = ScriptedModel(["no json", "", '{"a": 1}'])
    flow = written(tmp_path, with_lines("retries: 2"), NEEDS_A, resources({"m": model}))
    run = await flow.run({"q": "Hi"})
    assert run.outputs == {"answer": '{"a": 1}'}
    assert [request.attempt for request in model.requests] == [0, 1, 2]
    assert len(set(run.nodes[0].calls)) == 3
    assert isinstance(flow.sleep, Naps)
    assert flow.sleep.seconds == []


@pytest.mark.parametrize("kind", ["server", "auth", "rate_limit"])
async def test_a_prompt_node_does_not_retry_what_calls_try_again(
    tmp_path: Path, kind: FailureKind
) -> None:
    model = ScriptedModel([CallError(kind, "no")])
    flow = written(tmp_path, with_lines("retries: 5"), PROMPT, resources({"m": model}))
    assert failed(await flow.run({"q": "Hi"}))[0] == kind
    assert len(model.requests) == 1


async def test_retries_of_a_python_node_mean_its_exceptions_too(tmp_path: Path) -> None:
    source = (
        "seen = []\ndef f(x):\n    seen.append(1)\n    assert len(seen) > 2\n    return len(seen)\n"
    )
    flow = written(tmp_path, PYTHON.replace("with:", "retries: 2, with:"), {"n.py": source})
    assert (await flow.run({})).outputs == {"answer": 3}


@pytest.mark.parametrize(
    ("use", "answer"), [("sorry", "sorry"), ("{text: sorry, json: 1}", "sorry")]
)
async def test_something_stands_in_for_a_failed_prompt(
    tmp_path: Path, use: str, answer: str
) -> None:
    flow = written(
        tmp_path,
        with_lines(f"on_error: {{use: {use}}}"),
        PROMPT,
        resources({"m": ScriptedModel([CallError("server", "down")])}),
    )
    run = await flow.run({"q": "Hi"})
    assert run.outputs == {"answer": answer}
    assert run.failure is None
    assert run.nodes[0].failure is not None
    assert run.nodes[0].failure.kind == "server"


async def test_something_stands_in_for_failed_python_retrieve_and_flow_nodes(
    tmp_path: Path,
) -> None:
    inner = written(tmp_path, PYTHON, {"n.py": "def f(x):\n    raise ValueError\n"})
    text = """
        nodes:
          a: {python: "n.py:f", with: {x: 1}, on_error: {use: 3}}
          b: {retrieve: handbook, query: "${a.output}", on_error: {use: []}}
          c: {flow: flows/inner, on_error: {use: {answer: none}}}
        outputs: {a: "${a.output}", b: "${b.passages}", c: "${c.answer}"}
    """
    flow = compile_flow("f", spec_of(text), parts(tmp_path, flows={"flows/inner": inner}))
    run = await flow.run({})
    assert run.outputs == {"a": 3, "b": [], "c": "none"}
    assert [node.failure and node.failure.kind for node in run.nodes] == ["node"] * 3


async def test_a_failure_below_is_the_failure_of_the_flow_node(tmp_path: Path) -> None:
    model = ScriptedModel([Completion(text="x", finish_reason="length", latency_s=2)])
    inner = written(tmp_path, ONE, PROMPT, resources({"m": model}))
    text = 'nodes: {s: {flow: in, with: {q: hi}}}\noutputs: {o: "${s.answer}"}'
    flow = compile_flow("f", spec_of(text), parts(tmp_path, flows={"in": inner}))
    run = await flow.run({})
    assert failed(run)[0] == "length"
    assert failed(run)[1].startswith("a: the answer was cut off")
    assert (run.latency_s, len(run.nodes[0].calls)) == (2, 1)


async def test_a_flow_below_gets_case_repeat_and_inputs_that_fit(tmp_path: Path) -> None:
    model = ScriptedModel(["x"])
    inner = written(tmp_path, ONE, PROMPT, resources({"m": model}))
    text = 'inputs: {v: list}\nnodes: {s: {flow: in, with: {q: "${inputs.v.0}"}}}\n'
    text += 'outputs: {o: "${s.answer}"}'
    flow = compile_flow("f", spec_of(text), parts(tmp_path, flows={"in": inner}))
    assert (await flow.run({"v": ["hi"]}, case_id="c", repeat=1)).outputs == {"o": "x"}
    assert (model.requests[0].case_id, model.requests[0].repeat) == ("c", 1)
    kind, message = failed(await flow.run({"v": [3]}))
    assert (kind, "input 'q' must be a text" in message) == ("node", True)


BRANCHES = """
inputs: {x: list}
nodes:
  a: {python: "n.py:f", with: {v: "${inputs.x.0}"}, when: "${inputs.x.0}"}
  b: {python: "n.py:f", with: {v: "${a.output}"}}
  c: {python: "n.py:f", with: {v: c}, when: {"${inputs.x.1}": [1, 2], "${inputs.x.2}": true}}
outputs:
  b: ${b.output}
  text: "b is ${b.output}"
  first: {first: ["${b.output}", "${c.output}"]}
"""
SAME = {"n.py": "def f(v):\n    return v\n"}


@pytest.mark.parametrize(
    ("x", "outputs"),
    [
        (["A", 0, True], {"b": "A", "text": "b is A", "first": "A"}),
        (["", 2, True], {"b": None, "text": None, "first": "c"}),
        ([None, 2, 1], None),
        ([0, 3, True], None),
    ],
)
async def test_branches_are_skipped_and_joined(
    tmp_path: Path, x: list[JsonValue], outputs: dict[str, JsonValue] | None
) -> None:
    run = await written(tmp_path, BRANCHES, SAME).run({"x": x})
    assert run.outputs == outputs
    if outputs is None:
        assert failed(run) == (
            "empty",
            "output 'first': every branch was skipped; add one without when",
        )


async def test_a_reference_that_points_at_nothing_is_a_failure_of_its_node(tmp_path: Path) -> None:
    kind, message = failed(await written(tmp_path, BRANCHES, SAME).run({"x": ["A"]}))
    assert (kind, message) == ("node", "${inputs.x.1}: the list has 1 items")


async def test_a_history_of_something_else_is_a_failure(tmp_path: Path) -> None:
    text = ONE.replace("{q: string}", "{q: string, h: list}")
    text = text.replace("model: m,", 'model: m, history: "${inputs.h}",')
    flow = written(tmp_path, text, PROMPT, resources({"m": ScriptedModel()}))
    kind, message = failed(await flow.run({"q": "Hi", "h": [{"role": "system", "content": "x"}]}))
    assert (kind, message[:38]) == ("node", "history: a conversation holds no syste")


LOOP = """
inputs: {items: list}
nodes: {a: {prompt: p.md, model: m, for_each: "${inputs.items}", with: {q: "${item}"}}}
outputs: {answers: "${a.all.text}"}
"""


async def test_a_loop_keeps_the_order_runs_side_by_side_and_is_bounded(tmp_path: Path) -> None:
    def answer(request: CompletionRequest) -> Completion:
        text = request.messages[0].content
        return Completion(text=text, latency_s=int(text), usage=Usage(output_tokens=1))

    model = ScriptedModel(answer)
    flow = written(tmp_path, LOOP, PROMPT, resources({"m": model}))
    items: list[JsonValue] = [str(n) for n in range(1, 41)]
    run = await flow.run({"items": items})
    assert run.outputs == {"answers": items}
    assert 2 <= model.most_at_once <= 16
    assert (run.latency_s, run.usage.output_tokens) == (40, 40)
    assert len(run.nodes[0].calls) == 40


async def test_a_loop_over_nothing_gives_an_empty_list(tmp_path: Path) -> None:
    flow = written(tmp_path, LOOP, PROMPT, resources({"m": ScriptedModel()}))
    assert (await flow.run({"items": []})).outputs == {"answers": []}


async def test_the_first_failed_item_is_the_failure_of_the_loop(tmp_path: Path) -> None:
    model = ScriptedModel(lambda r: "" if r.messages[0].content in "cb" else "ok")
    flow = written(tmp_path, LOOP, PROMPT, resources({"m": model}))
    run = await flow.run({"items": ["a", "b", "c", "d"]})
    assert failed(run) == ("empty", "item 1: the model answered nothing")
    assert len(run.nodes[0].calls) == 4


async def test_a_loop_needs_a_list(tmp_path: Path) -> None:
    text = LOOP.replace("items: list", "items: object")
    flow = written(tmp_path, text, PROMPT, resources({"m": ScriptedModel()}))
    assert "for_each needs a list" in failed(await flow.run({"items": {}}))[1]


DIAMOND = """
nodes:
  d: {python: "n.py:join", with: {b: "${b.text}", c: "${c.text}"}}
  b: {prompt: p.md, model: m, with: {q: "b${a.text}"}}
  c: {prompt: p.md, model: m, with: {q: "c${a.text}"}}
  a: {prompt: p.md, model: m, with: {q: a}}
outputs: {o: "${d.output}"}
"""
JOIN = {**PROMPT, "n.py": "def join(b, c):\n    return b + c\n"}


def timed(request: CompletionRequest) -> Completion:
    text = request.messages[0].content
    return Completion(text=text, latency_s={"a": 1.0, "ba": 2.0, "ca": 5.0}[text])


async def test_latency_is_the_longest_path_and_nodes_run_side_by_side(tmp_path: Path) -> None:
    model = ScriptedModel(timed)
    run = await written(tmp_path, DIAMOND, JOIN, resources({"m": model})).run({})
    assert run.outputs == {"o": "baca"}
    assert run.latency_s == 6.0
    assert model.most_at_once == 2


async def test_the_failure_does_not_depend_on_which_node_was_faster(tmp_path: Path) -> None:
    def answer(request: CompletionRequest) -> str | Completion:
        return "a" if request.messages[0].content == "a" else Completion(text="")

    for _ in range(3):
        model = ScriptedModel(answer)
        run = await written(tmp_path, DIAMOND, JOIN, resources({"m": model})).run({})
        assert run.failure is not None
        assert run.failure.where == "b"
        assert [node.node for node in run.nodes if node.skipped] == ["d"]
        assert len(model.requests) == 3


@given(st.permutations(["a", "b", "c", "d"]))
@settings(max_examples=10, deadline=None)
def test_outputs_do_not_depend_on_the_order_of_nodes_in_the_file(order: list[str]) -> None:
    spec = spec_of(DIAMOND)
    nodes = {name: spec.nodes[name] for name in order}
    folder = FLOWS / "diamond"
    run = asyncio.run(
        compile_flow(
            "f",
            spec.model_copy(update={"nodes": nodes}),
            parts(folder, resources({"m": ScriptedModel(timed)})),
        ).run({})
    )
    assert run.outputs == {"o": "baca"}
    assert run.latency_s == 6.0


async def test_a_second_run_is_answered_from_the_ledger(tmp_path: Path) -> None:
    model, ledger = ScriptedModel(timed), MemoryLedger()
    flow = written(tmp_path, DIAMOND, JOIN, resources({"m": model}, ledger=ledger))
    first, second = await flow.run({}), await flow.run({})
    assert len(model.requests) == 3
    assert (first.outputs, first.latency_s) == (second.outputs, second.latency_s)
    assert [node.calls for node in first.nodes] == [node.calls for node in second.nodes]


async def test_the_node_of_the_first_output_hands_out_its_text(tmp_path: Path) -> None:
    text = DIAMOND.replace("${d.output}", "${c.text}").replace("{q: a}", "{q: a a}")
    model = ScriptedModel(lambda r: r.messages[0].content)
    pieces: list[str] = []
    await written(tmp_path, text, JOIN, resources({"m": model})).run({}, on_text=pieces.append)
    assert pieces == ["ca", "a"]


@pytest.mark.parametrize(
    "error", [InputError("weights 'x' are not here: genaiops weights pull x"), StoreError("full")]
)
async def test_what_is_not_the_fault_of_a_case_ends_the_run(
    tmp_path: Path, error: Exception
) -> None:
    flow = written(tmp_path, LOOP, PROMPT, resources({"m": ScriptedModel([error, "x"])}))
    with pytest.raises(type(error), match=str(error)):
        await flow.run({"items": ["a", "b"]})


class Hanging(ScriptedModel):
    """Never answers, and remembers that it was stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.started = asyncio.Event()
        self.stopped = False

    async def complete(
        self,
        request: CompletionRequest,  # noqa: ARG002  the protocol has it
        on_text: OnText | None = None,  # noqa: ARG002  the protocol has it
    ) -> Completion:
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped = True
        raise AssertionError


async def test_a_cancelled_run_stops_its_nodes(tmp_path: Path) -> None:
    model = Hanging()
    flow = written(tmp_path, ONE, PROMPT, resources({"m": model}))

    async def run_until_it_hangs() -> None:
        async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as group:
            group.create_task(flow.run({"q": "Hi"}))
            await model.started.wait()
            limit.reschedule(0)

    with pytest.raises(TimeoutError):
        await run_until_it_hangs()
    assert model.stopped


async def test_inputs_that_do_not_fit_are_refused_before_any_call(tmp_path: Path) -> None:
    model = ScriptedModel()
    flow = written(tmp_path, ONE, PROMPT, resources({"m": model}))
    with pytest.raises(InputError, match="unknown input 'p'"):
        await flow.run({"p": "Hi"})
    assert model.requests == []


@pytest.mark.parametrize("attack", ATTACKS)
async def test_attacks_in_passages_and_answers_stay_data(attack: str) -> None:
    passage = {"document": "a.md", "start": 0, "end": len(attack), "text": attack}
    model = ScriptedModel([attack])
    flow = shipped("attack", resources({"m": model}))
    run = await flow.run({"passages": [passage], "question": attack})
    assert run.outputs == {"answer": attack, "echo": attack}
    (request,) = model.requests
    assert [m.role for m in request.messages] == ["system", "user"]
    assert request.messages[1].content == f"{attack}\n---\n{attack}"
    assert request.tools == ()
