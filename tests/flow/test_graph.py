from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops.errors import InputError
from genaiops.flow.graph import Path, build_graph, check_graph, needs_of
from genaiops.specs.flow import FlowSpec
from tests.flow.loading import spec_of

RAG = """
inputs: {question: string, documents: {type: list, default: []}}
nodes:
  answer:
    prompt: a.md
    model: m
    history: ${inputs.history}
    with: {question: "${inputs.question}", deep: [{p: "${search.passages}"}]}
  search: {retrieve: handbook, query: "${inputs.question}", k: 3}
  each:
    python: nodes.py:f
    for_each: "${inputs.documents}"
    with: {x: "${item}", n: "${item_index}"}
outputs: {answer: "${answer.text}", all: "${each.all.anything}"}
"""


def test_a_sound_flow_has_its_order_from_its_references() -> None:
    spec = spec_of(RAG.replace("    history: ${inputs.history}\n", ""))
    assert check_graph(spec) == ()
    graph = build_graph(spec)
    assert graph.order == ("search", "each", "answer")
    assert graph.needs == {"answer": {"search"}, "search": frozenset(), "each": frozenset()}


FAULTS: list[tuple[str, str, Path, str]] = [
    ("${inputs.question}", "${inputs.qestion}", ("nodes", "answer", "with", "question"), "did you"),
    (
        "${search.passages}",
        "${serch.passages}",
        ("nodes", "answer", "with", "deep", 0, "p"),
        "serch",
    ),
    ("${answer.text}", "${answer.txt}", ("outputs", "answer"), "has no output 'txt'; did you mean"),
    ("${answer.text}", "${answer}", ("outputs", "answer"), "names no output; write ${answer.text}"),
    ("${answer.text}", "${each.output}", ("outputs", "answer"), "write ${each.all.output}"),
    ("${each.all.anything}", "${each}", ("outputs", "all"), "write ${each.all}"),
    ("${answer.text}", "${item.x}", ("outputs", "answer"), "stands for an item of a list"),
    ("${answer.text}", "${case.inputs.q}", ("outputs", "answer"), "in evaluations only"),
    ("${answer.text}", "${run.outputs.q}", ("outputs", "answer"), "in evaluations only"),
    ("${answer.text}", "${a b}", ("outputs", "answer"), "is no reference"),
    ("${inputs.history}", "text", ("nodes", "answer", "history"), "must be one reference"),
    (
        "${inputs.history}",
        "${inputs.histroy}",
        ("nodes", "answer", "history"),
        "no input 'histroy'",
    ),
    ('"${inputs.documents}"', "items", ("nodes", "each", "for_each"), "must be one reference"),
]


@pytest.mark.parametrize(("old", "new", "path", "message"), FAULTS)
def test_a_fault_has_its_path_and_the_nearest_word(
    old: str, new: str, path: Path, message: str
) -> None:
    text = RAG.replace("inputs: {", "inputs: {history: messages, ")
    assert check_graph(spec_of(text)) == ()
    faults = check_graph(spec_of(text.replace(old, new, 1)))
    assert any(fault.path == path and message in fault.message for fault in faults)


def test_when_and_on_error_are_checked_too() -> None:
    spec = spec_of("""
        nodes:
          a: {python: n.py:a, when: yes please}
          b: {python: n.py:b, when: {"${c.output}": 1, "${a.output}": 2}, on_error: {use: "${a.b}"}}
        outputs: {x: {first: ["${b.output}", "plain"]}}
    """)
    assert [(fault.path, fault.message[:20]) for fault in check_graph(spec)] == [
        (("nodes", "a", "when"), "'yes please' must be"),
        (("nodes", "b", "when", "${c.output}"), "${c.output}: there i"),
        (("outputs", "x", "first", 1), "'plain' must be one "),
        (("nodes", "b", "on_error", "use"), "on_error.use is a pl"),
    ]


def test_outputs_of_a_sub_flow_are_checked_where_they_are_known() -> None:
    spec = spec_of('{nodes: {a: {flow: flows/x}}, outputs: {y: "${a.answr}"}}')
    assert check_graph(spec) == ()
    (fault,) = check_graph(spec, {"flows/x": ["answer"]})
    assert "did you mean 'answer'?" in fault.message


def test_a_circle_is_told_as_a_path_in_the_direction_of_the_data() -> None:
    spec = spec_of("""
        nodes:
          x: {python: n.py:f, with: {v: "${c.output}"}}
          a: {python: n.py:f, with: {v: "${c.output}"}}
          b: {python: n.py:f, with: {v: "${a.output}"}}
          c: {python: n.py:f, with: {v: "${b.output}"}}
          d: {python: n.py:f, when: "${d.output}"}
        outputs: {o: "${x.output}"}
    """)
    told = [(fault.path[1], fault.message) for fault in check_graph(spec)]
    assert told == [
        ("a", "the flow goes in a circle: a → b → c → a"),
        ("d", "the flow goes in a circle: d → d"),
    ]
    with pytest.raises(InputError, match="goes in a circle"):
        build_graph(spec)


Edges = list[tuple[int, int]]


def flow_of(count: int, edges: Edges) -> FlowSpec:
    """Node j uses the output of node i for each edge (i, j), in one of the ways there are."""
    nodes: dict[str, Any] = {f"n{n}": {"python": "n.py:f", "with": {}} for n in range(count)}
    for number, (below, above) in enumerate(edges):
        node, reference = nodes[f"n{above}"], f"${{n{below}.output}}"
        if number % 3 == 0:
            node.setdefault("when", {})[reference] = True
        else:
            node["with"][f"v{number}"] = [
                {"x": f"text {reference}" if number % 3 == 1 else reference}
            ]
    return FlowSpec.model_validate({"nodes": nodes, "outputs": {"o": "${n0.output}"}})


@st.composite
def edges_of_any_kind(draw: st.DrawFn) -> tuple[int, Edges]:
    count = draw(st.integers(1, 8))
    node = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(node, node), max_size=12))


def has_circle(count: int, edges: Edges) -> bool:
    """By removing, as long as there are any, the nodes that nothing leads to."""
    left = set(range(count))
    while free := {n for n in left if not any(b in left and a == n for b, a in edges)}:
        left -= free
    return bool(left)


@given(edges_of_any_kind())
def test_every_circle_is_refused_and_every_other_graph_accepted(drawn: tuple[int, Edges]) -> None:
    count, edges = drawn
    spec = flow_of(count, edges)
    assert bool(check_graph(spec)) == has_circle(count, edges)
    if not has_circle(count, edges):
        order = build_graph(spec).order
        assert sorted(order) == sorted(spec.nodes)
        assert all(order.index(f"n{below}") < order.index(f"n{above}") for below, above in edges)


@given(edges_of_any_kind())
def test_a_told_circle_is_one(drawn: tuple[int, Edges]) -> None:
    spec = flow_of(*drawn)
    needs = needs_of(spec)
    for fault in check_graph(spec):
        trail = fault.message.partition(": ")[2].split(" → ")
        assert trail[0] == trail[-1]
        assert all(a in needs[b] for a, b in pairwise(trail))
