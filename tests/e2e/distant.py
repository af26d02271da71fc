"""A project whose one model is behind an endpoint that fails as it is told."""

import json
from collections.abc import Iterable
from pathlib import Path

from genaiops.drills.fault_server import FaultServer
from tests.cli.terminal import Terminal
from tests.project.build import build_project

FLOW = """\
    inputs: {question: string}
    nodes: {answer: {prompt: answer.md, model: distant, with: {question: "${inputs.question}"}}}
    outputs: {answer: "${answer.text}"}
    """


def distant_project(
    root: Path,
    server: FaultServer,
    evaluation: str,
    cases: Iterable[tuple[str, str]],
    *,
    limits: str = "{}",
) -> Terminal:
    """A trusted project with an evaluation `assistant`; cases are questions with their answers."""
    lines = [
        {"id": f"c{n:03}", "inputs": {"question": question}, "expected": {"answer": answer}}
        for n, (question, answer) in enumerate(cases)
    ]
    entry = f"{{provider: openai, model: m, base_url: '{server.url}', limits: {limits}}}"
    files = {
        "flows/assistant/flow.yaml": FLOW,
        "flows/assistant/answer.md": "{{ question }}",
        "evals/assistant.yaml": evaluation,
        "datasets/handbook.jsonl": "\n".join(map(json.dumps, lines)),
        "catalog.yaml": f"models:\n  distant: {entry}\n",
    }
    terminal = Terminal(build_project(root, files))
    terminal.ok("trust", "--yes")
    return terminal
