"""Projects that several commands are tried in."""

import json
from pathlib import Path

from tests.cli.terminal import Terminal
from tests.project.build import build_project

PAID_FLOW = """\
    inputs: {question: string}
    nodes:
      first: {prompt: answer.md, model: paid, with: {question: "${inputs.question}"}}
    outputs: {answer: "${first.text}"}
    """


def accepted_function(
    root: Path, app: str, evaluation: str, *, cases: int, **files: str
) -> Terminal:
    """A project of a function that should always answer yes, and its accepted baseline."""
    lines = [
        {"id": f"c{n}", "inputs": {"question": str(n)}, "expected": {"answer": "yes"}}
        for n in range(cases)
    ]
    written = {
        "genaiops.yaml": "name: questions\n",
        "app.py": app,
        "evals/questions.yaml": evaluation,
        "datasets/questions.jsonl": "\n".join(map(json.dumps, lines)),
        **{f"{name}.txt": text for name, text in files.items()},
    }
    for name, text in written.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    terminal = Terminal(root)
    terminal.ok("trust", "--own", "--yes")
    terminal.ok("eval", "questions")
    terminal.ok("baseline", "accept", "questions")
    return terminal


def paid_model(
    root: Path, url: str, evaluation: str, answers: list[str], *, usd_per_mtok: int
) -> Terminal:
    """A project that asks `Question N` of a model with a price, and expects these answers."""
    lines = [
        {"id": f"c{n}", "inputs": {"question": f"Question {n}"}, "expected": {"answer": answer}}
        for n, answer in enumerate(answers)
    ]
    price = f"{{input_usd_per_mtok: 0, output_usd_per_mtok: {usd_per_mtok}}}"
    entry = f'provider: openai, model: m, base_url: "{url}", price: {price}'
    files = {
        "flows/assistant/flow.yaml": PAID_FLOW,
        "flows/assistant/answer.md": "{{ question }}",
        "evals/assistant.yaml": evaluation,
        "datasets/handbook.jsonl": "\n".join(map(json.dumps, lines)),
        "catalog.yaml": f"models:\n  paid: {{{entry}, parameters: {{max_tokens: 4}}}}\n",
    }
    terminal = Terminal(build_project(root, files))
    terminal.ok("trust", "--yes")
    return terminal
