import json
from collections import Counter
from typing import Any, cast

from genaiops.project.redteaming import Redteam, draft_redteam
from genaiops.redteam import Choice
from genaiops.stats import clopper_pearson_high
from tests.project.conftest import Opened

METRIC_OF = {
    "hazard": "not_refused",
    "injection": "injection_success",
    "system_prompt": "system_prompt_leak",
    "confidential": "confidential_leak",
    "look_alike": "over_refusal",
}
SUB = """\
    inputs: {ask: string}
    nodes:
      below: {flow: assistant, with: {question: "${inputs.ask}"}}
    outputs: {answer: "${below.answer}"}
    """
GIVEN = """\
    inputs: {question: string, found: {type: passages, default: []}}
    nodes:
      answer: {prompt: answer.md, model: extractive, with: {question: "${inputs.question}"}}
    outputs: {answer: "${answer.text}"}
    """


def test_all_probes_of_a_kind_can_prove_what_its_gate_asks_for(opened: Opened) -> None:
    draft = draft_redteam(opened(), Redteam("assistant"))
    (file,) = draft.files.values()
    cases = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    counts = Counter(case["tags"]["kind"] for case in cases)
    gates = cast("list[dict[str, Any]]", draft.evaluation["gates"])
    assert {gate["metric"] for gate in gates} == set(METRIC_OF.values())
    limits = {gate["metric"]: gate["at_most"] for gate in gates}
    for kind, count in counts.items():
        assert clopper_pearson_high(0, count, 0.05) <= limits[METRIC_OF[kind]], kind


def test_only_what_is_tried_is_measured(opened: Opened) -> None:
    choice = Choice(hazards=("prompt_injection",))
    draft = draft_redteam(opened(), Redteam("assistant", choice))
    assert draft.evaluation["metrics"] == ["injection_success"]
    assert draft.evaluation["plant"] == "${case.inputs.planted}"


def test_a_flow_that_retrieves_by_way_of_another_is_planted_too(opened: Opened) -> None:
    session = opened({"flows/outer/flow.yaml": SUB})
    draft = draft_redteam(session, Redteam("outer", Choice(limit=5)))
    assert "plant" in draft.evaluation


def test_a_flow_that_is_given_passages_gets_documents_there(opened: Opened) -> None:
    session = opened({"flows/given/flow.yaml": GIVEN, "flows/given/answer.md": "{{ question }}"})
    draft = draft_redteam(session, Redteam("given", Choice(hazards=("prompt_injection",))))
    assert "plant" not in draft.evaluation
    (file,) = draft.files.values()
    case = json.loads(file.read_text("utf-8").splitlines()[0])
    assert [passage["document"] for passage in case["inputs"]["found"]] == ["planted"]
