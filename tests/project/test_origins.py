import pytest

from genaiops.evaluations.reports.origin import Site
from genaiops.project.origins import origin_of
from genaiops.records import Decision
from tests.project.conftest import Opened

EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [answer_f1]
    gates:
      - {metric: answer_f1, at_least: 0.5}
      - metric: answer_f1
        no_worse_than: baseline
        margin: 0.3
    """


def decision(*changed: str) -> Decision:
    return Decision(
        eval="assistant", word="fail", summary="", blocked=True, policy="block",
        policy_sentence="", verdicts=(), changed=changed,
    )  # fmt: skip


def test_gates_stand_in_their_lines(opened: Opened) -> None:
    session = opened({"evals/assistant.yaml": EVAL})
    found = origin_of(session, decision())
    assert {text: site.line for text, site in found.gates.items()} == {
        "answer_f1 at_least 0.5": 5,
        "answer_f1 no_worse_than baseline, margin 0.3": 6,
    }
    assert found.evaluation == Site("evals/assistant.yaml")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("flow assistant", "flows/assistant/flow.yaml"),
        ("dataset", "datasets/handbook.jsonl"),
        ("metrics", "evals/assistant.yaml"),
        ("index handbook", "indexes/handbook.yaml"),
        ("model extractive", "catalog.yaml"),
        ("prompt flows/assistant/answer.md", "flows/assistant/answer.md"),
        ("python app.py", "app.py"),
        ("flow app:answer", "app.py"),
        ("flow lib.app:answer", "lib/app.py"),
        ("flow lib:answer", "lib/__init__.py"),
    ],
)
def test_each_kind_of_input_has_its_file(opened: Opened, name: str, path: str) -> None:
    session = opened({"app.py": "", "lib/app.py": "", "lib/__init__.py": ""})
    (site,) = origin_of(session, decision(name)).changed
    assert site.path == path


def test_the_prompt_comes_first_and_what_is_no_file_is_left_out(opened: Opened) -> None:
    session = opened({})
    names = ("cases", "flow assistant", "genaiops", "prompt flows/assistant/answer.md", "python x")
    assert [site.path for site in origin_of(session, decision(*names)).changed] == [
        "flows/assistant/answer.md",
        "flows/assistant/flow.yaml",
    ]
