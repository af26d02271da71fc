import pytest

from genaiops.errors import InputError
from genaiops.project.evaluating import Asked
from genaiops.project.overrides import Overrides
from genaiops.project.planning import plan_evaluation
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio

FLOW = """\
    inputs: {question: string}
    nodes:
      first: {prompt: answer.md, model: extractive, with: {question: "${inputs.question}"}}
      second: {prompt: answer.md, model: extractive, with: {question: "${first.text}"}}
    outputs: {answer: "${second.text}"}
    """
CASES = "".join(
    f'{{"id": "{name}", "inputs": {{"question": "Asked {name}"}}, "expected": {{"answer": "x"}}}}\n'
    for name in "abc"
)
FILES: dict[str, str | bytes | None] = {
    "flows/assistant/flow.yaml": FLOW,
    "flows/assistant/answer.md": "{{ question }}",
    "datasets/handbook.jsonl": CASES,
}


async def test_one_case_is_rendered_and_counted_for_all(opened: Opened) -> None:
    plan = await plan_evaluation(opened(FILES), Asked("assistant", Overrides(repeats=4)))
    assert (plan.cases, plan.repeats, plan.case_id, plan.calls) == (3, 4, "a", 2 * 3 * 4)
    assert [request.messages[0].content for request in plan.requests] == ["Asked a", "<answer>"]
    assert plan.input_tokens == (len("Asked a") + len("<answer>")) // 4 * 12


async def test_a_plan_is_no_run(opened: Opened) -> None:
    session = opened(FILES)
    await plan_evaluation(session, Asked("assistant"))
    with session.open_store() as store:
        assert store.runs() == []


async def test_nothing_to_run_is_nothing_to_plan(opened: Opened) -> None:
    asked = Asked("assistant", Overrides(filter={"topic": "none"}))
    with pytest.raises(InputError, match=r"no case of .* is left by filter"):
        await plan_evaluation(opened(FILES), asked)
