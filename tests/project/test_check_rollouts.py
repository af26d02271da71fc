from pathlib import Path

from genaiops.project.check_rollouts import rollout_project_faults
from genaiops.project.files import load_project
from tests.project.build import build_project

FLOW = """\
    inputs: {question: string}
    nodes:
      say: {python: "nodes.py:say", with: {question: "${inputs.question}"}}
    outputs: {answer: "${say.output}"}
    """
ROLLOUT = """\
    flow: flows/assistant
    steps: [{shadow: until_verdict}, 50]
    guards: []
    goals: [{metric: errors, margin_ratio: 2}]
    """


def faults_of(root: Path, flow: str) -> list[str]:
    files = {"flows/assistant/flow.yaml": flow, "rollouts/up.yaml": ROLLOUT}
    project = load_project(build_project(root, files))
    return [str(fault) for fault in rollout_project_faults(project, "up")]


def test_a_flow_that_may_change_something_is_not_shadowed(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, FLOW)
    told = "a shadow asks the flow twice, and node 'say' runs nodes.py:say; if that changes nothing"
    assert fault == f"rollouts/up.yaml:2:9: {told}, say `side_effects: none`"


def test_a_flow_that_says_that_it_changes_nothing_is_shadowed(tmp_path: Path) -> None:
    assert faults_of(tmp_path, FLOW.rstrip() + "\n    side_effects: none\n") == []
