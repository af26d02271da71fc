"""The plan of a flow: which flows one task can run, and that this changes nothing."""

import asyncio
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genaiops.errors import CallError
from genaiops.flow.graph import build_graph
from genaiops.flow.plan import plan_runs
from genaiops.records import Completion, CompletionRequest, Usage
from tests.fakes import ScriptedModel
from tests.flow.loading import resources, spec_of, written

ENDS = "outputs: {o: '${n0.text}'}"


def nodes(*lines: str) -> str:
    listed = "".join(f"  n{place}: {{{line}}}\n" for place, line in enumerate(lines))
    return f"inputs: {{q: string}}\nnodes:\n{listed}{ENDS}\n"


@pytest.mark.parametrize(
    ("lines", "is_chain"),
    [
        (["prompt: p.md, model: m"], True),
        (["retrieve: handbook, query: '${inputs.q}'"], True),
        (["prompt: p.md, model: m", "prompt: p.md, model: m, when: '${n0.text}'"], True),
        (["prompt: p.md, model: m", "flow: flows/x, with: {q: '${n0.text}'}"], True),
        (["prompt: p.md, model: m", "prompt: p.md, model: m"], False),
        (["prompt: p.md, model: m, tools: {t: 'n.py:t'}"], False),
        (["python: n.py:f"], False),
        (["retrieve: handbook, query: q, rerank: {by: 'n.py:f', keep: 1}"], False),
    ],
)
def test_one_task_runs_what_waits_for_each_other_and_calls_no_function(
    lines: list[str],
    is_chain: bool,  # noqa: FBT001  a parameter of the table
) -> None:
    spec = spec_of(nodes(*lines))
    assert plan_runs(spec, build_graph(spec)).is_chain is is_chain


def test_the_node_of_the_first_output_streams_unless_it_loops() -> None:
    spec = spec_of(nodes("prompt: p.md, model: m"))
    assert plan_runs(spec, build_graph(spec)).streaming == {"n0"}
    looped = spec_of(
        nodes("prompt: p.md, model: m, for_each: '${inputs.q}'").replace("n0.text", "n0.all.text")
    )
    assert plan_runs(looped, build_graph(looped)).streaming == frozenset()


KINDS = st.sampled_from(["says", "fails", "stands in", "skips"])


def chained(kinds: list[str]) -> str:
    lines: list[str] = []
    for place, kind in enumerate(kinds):
        before = f"${{n{place - 1}.text}}" if place else "${inputs.q}"
        line = f"prompt: p.md, model: m, with: {{q: '{kind} {before}'}}"
        if kind == "stands in":
            line += ", on_error: {use: instead}"
        if kind == "skips":
            line += ", when: {'${inputs.q}': other}"
        lines.append(line)
    return nodes(*lines).replace("${n0.text}'}\n", f"${{n{len(kinds) - 1}.text}}'}}\n")


def answered(request: CompletionRequest) -> Completion | CallError:
    asked = request.messages[0].content
    if asked.startswith(("fails", "stands in")):
        return CallError("server", f"no answer to {asked}")
    return Completion(text=f"{asked}.", latency_s=0.5, usage=Usage(input_tokens=1, cost_usd=0.1))


@given(st.lists(KINDS, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_chain_leaves_the_record_that_the_graph_leaves(kinds: list[str]) -> None:
    with TemporaryDirectory() as folder:
        model = ScriptedModel(answered)
        prompts = {"p.md": "{{ q }}"}
        flow = written(Path(folder), chained(kinds), prompts, resources({"m": model}))
        assert flow.plan.is_chain
        general = replace(flow, plan=replace(flow.plan, is_chain=False))
        one, other = asyncio.run(flow.run({"q": "Hi"})), asyncio.run(general.run({"q": "Hi"}))
    without_clock = {"nodes": {"__all__": {"seconds"}}}
    assert one.model_dump(exclude=without_clock) == other.model_dump(exclude=without_clock)
