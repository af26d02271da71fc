import pytest

from genaiops.errors import InputError
from genaiops.project.attack_target import attacked_flow, target_of
from genaiops.redteam import Target
from tests.project.conftest import Opened

SUB = """\
    inputs: {ask: string%s}
    nodes:
      below: {flow: assistant, with: {question: "${inputs.ask}"}}
    outputs: {answer: "${below.answer}"}
    """


def test_of_several_flows_one_has_to_be_named(opened: Opened) -> None:
    assert attacked_flow(opened(), None) == "assistant"
    session = opened({"flows/outer/flow.yaml": SUB % ""})
    with pytest.raises(InputError, match=r"name the flow to attack.*assistant, outer"):
        attacked_flow(session, None)


def test_the_input_that_takes_probes_is_the_only_text_without_a_value(opened: Opened) -> None:
    files = {"flows/outer/flow.yaml": SUB % ", name: string, meters: {type: list}"}
    session = opened(files)
    given = {"name": "Ann", "meters": ["A1"]}
    assert target_of(session, "outer", given) == Target("ask", plants=True)
    with pytest.raises(InputError, match=r"takes several texts \(ask, name\)"):
        target_of(session, "outer", {"meters": []})
    with pytest.raises(InputError, match="needs meters too: say it by -i meters=VALUE"):
        target_of(session, "outer", {"name": "Ann"})
    with pytest.raises(InputError, match="takes no text"):
        target_of(session, "outer", {**given, "ask": "x"})
