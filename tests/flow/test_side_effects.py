import pytest
from pydantic import JsonValue

from genaiops.flow.side_effects import acts_of
from genaiops.specs.flow import FlowSpec

ASKS: dict[str, JsonValue] = {"prompt": "say.md", "model": "m"}


def spec_of(node: dict[str, JsonValue], **more: JsonValue) -> FlowSpec:
    return FlowSpec.model_validate(
        {"nodes": {"say": node}, "outputs": {"a": "${say.text}"}, **more}
    )


def none_of(name: str) -> FlowSpec:
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("node", "what"),
    [
        (ASKS, None),
        ({"retrieve": "handbook", "query": "q"}, None),
        ({"retrieve": "handbook", "query": "q", "rerank": {"by": "m", "keep": 2}}, None),
        ({**ASKS, "tools": {"send_mail": "nodes.py:send"}}, "may call send_mail"),
        ({"python": "nodes.py:clean"}, "runs nodes.py:clean"),
        (
            {"retrieve": "handbook", "query": "q", "rerank": {"by": "nodes.py:best", "keep": 2}},
            "runs nodes.py:best",
        ),
    ],
)
def test_whatever_runs_code_may_change_something(
    node: dict[str, JsonValue], what: str | None
) -> None:
    acts = acts_of(spec_of(node), none_of)
    if what is None:
        assert acts is None
    else:
        assert acts == f"node 'say' {what}; if that changes nothing, say `side_effects: none`"


def test_a_flow_may_say_that_it_changes_nothing() -> None:
    assert acts_of(spec_of({"python": "nodes.py:f"}, side_effects="none"), none_of) is None


def test_a_flow_does_what_the_flows_within_it_do() -> None:
    flows = {
        "flows/inner": spec_of({"flow": "flows/circle"}),
        "flows/circle": FlowSpec.model_validate(
            {
                "nodes": {"again": {"flow": "flows/inner"}, "act": {"python": "nodes.py:act"}},
                "outputs": {"a": "${act.output}"},
            }
        ),
    }
    acts = acts_of(spec_of({"flow": "flows/inner"}), flows.__getitem__)
    assert acts is not None
    assert acts.startswith("node 'act' runs nodes.py:act")
