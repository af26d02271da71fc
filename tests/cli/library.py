"""A small project with all that commands can show."""

import json
from pathlib import Path

from tests.cli.terminal import Terminal
from tests.project.build import build_project

CASES = 12
CATALOG = """\
    models:
      extractive:
        provider: extractive
        licence: mit
        context_window: 8000
        price: {input_usd_per_mtok: 1, output_usd_per_mtok: 2}
      brief: {provider: extractive, sentences: 1, licence: gpl}
    selections:
      answering:
        require: {licence: [mit]}
        prefer: best_quality
        evidence: evals/assistant.yaml
    """
FLOW = """\
    inputs: {question: string, tone: {type: object, default: {}}}
    nodes:
      search: {retrieve: handbook, query: "${inputs.question}", k: 2}
      answer:
        prompt: answer.md
        model: extractive
        with: {question: "${inputs.question}", passages: "${search.passages}"}
    outputs:
      answer: ${answer.text}
      passages: ${search.passages}
      tone: ${inputs.tone}
    variants:
      blind: {search: {k: 0}}
    """
EVAL = """\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    metrics: [answer_f1, groundedness, latency]
    gates:
      - {metric: answer_f1, at_least: 0.5}
      - {metric: answer_f1, no_worse_than: baseline, margin: 0.3}
    slices: [topic]
    """
ARTICLES = {
    "loans": "A book may be kept for three weeks.",
    "fees": "Each day of delay costs twenty cents.",
    "cards": "A library card is free for children below twelve years.",
    "hours": "The reading room opens at nine and closes at eight.",
}
QUESTIONS = {
    "loans": "For how long may a book be kept?",
    "fees": "What does each day of delay cost?",
    "cards": "For whom is a library card free?",
    "hours": "When does the reading room open?",
}


def write_library(root: Path) -> Terminal:
    """Twelve questions about four articles, in three groups."""
    topics = [topic for topic in ARTICLES for _ in range(CASES // len(ARTICLES))]
    cases = [
        {
            "id": f"{topic}-{place}",
            "inputs": {"question": f"{QUESTIONS[topic]} (Request {place})"},
            "expected": {"answer": ARTICLES[topic]},
            "tags": {"topic": topic, "even": place % 2 == 0},
        }
        for place, topic in enumerate(topics)
    ]
    changes: dict[str, str | bytes | None] = {
        "catalog.yaml": CATALOG,
        "flows/assistant/flow.yaml": FLOW,
        "evals/assistant.yaml": EVAL,
        "datasets/handbook.jsonl": "".join(json.dumps(case) + "\n" for case in cases),
        "datasets/handbook/loans.md": None,
    }
    for topic, text in ARTICLES.items():
        changes[f"datasets/handbook/{topic}.md"] = f"# {topic.title()}\n\n{text}\n"
    return Terminal(build_project(root, changes))
