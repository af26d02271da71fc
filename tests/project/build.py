"""Small projects for tests."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

LIBRARY = {
    "genaiops.yaml": "name: library\n",
    "catalog.yaml": """\
        models:
          extractive: {provider: extractive}
        """,
    "flows/assistant/flow.yaml": """\
        inputs:
          question: string
        nodes:
          search: {retrieve: handbook, query: "${inputs.question}"}
          answer:
            prompt: answer.md
            model: extractive
            with: {question: "${inputs.question}", passages: "${search.passages}"}
        outputs:
          answer: ${answer.text}
          passages: ${search.passages}
        """,
    "flows/assistant/answer.md": """\
        {% for p in passages %}{{ p.text }}
        {% endfor %}
        {{ question }}
        """,
    "indexes/handbook.yaml": """\
        sources: [{glob: "datasets/handbook/*.md"}]
        retrieve: {mode: lexical}
        """,
    "datasets/handbook/loans.md": "# Loans\n\nA book may be kept for three weeks.\n",
    "datasets/handbook.jsonl": (
        '{"id": "a", "inputs": {"question": "How long?"}, '
        '"expected": {"answer": "Three weeks."}, "tags": {"topic": "loans"}}\n'
    ),
    "evals/assistant.yaml": """\
        flow: flows/assistant
        dataset: datasets/handbook.jsonl
        metrics: [answer_f1]
        """,
}
"""A project without a fault: each file with its text."""


def build_project(root: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the library with other or further files; None leaves a file out."""
    for name, text in {**LIBRARY, **(changes or {})}.items():
        if text is None:
            continue
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return root
