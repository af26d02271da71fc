"""A project made of `shared/data/mt-rag`: real passages, conversations, answers and raters."""

import json
from pathlib import Path
from statistics import mean
from textwrap import dedent
from typing import Any

MODELS = {"reference": "human", "gpt-4o": "gpt-4o", "llama-3.1-405b-instruct": "llama-405b"}


def write_project(root: Path, source: Path) -> None:
    """Write the project; ratings of 1 to 4 by three raters become their mean, mapped to 0–1."""
    data = json.loads(source.read_text("utf-8"))
    _write_specs(root)
    _write_lines(
        root / "documents.jsonl",
        [{"id": d["document_id"], "text": d["text"]} for d in data["documents"]],
    )
    texts = {d["document_id"]: d["text"] for d in data["documents"]}
    _write_lines(root / "datasets/tasks.jsonl", [_case(task, texts) for task in data["tasks"]])
    _write_lines(root / "recordings.jsonl", [_recording(answer) for answer in data["evaluations"]])


def _case(task: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    *history, last = task["input"]
    roles = {"user": "user", "agent": "assistant"}
    passages = [
        {
            "document": context["document_id"],
            "start": 0,
            "end": len(texts[context["document_id"]]),
            "text": texts[context["document_id"]],
        }
        for context in task["contexts"]
    ]
    return {
        "id": task["task_id"],
        "inputs": {
            "question": last["text"],
            "history": [
                {"role": roles[turn["speaker"]], "content": turn["text"]} for turn in history
            ],
            "passages": passages,
        },
        "expected": {
            "answer": task["targets"][0]["text"],
            "answerable": task["Answerability"] != ["UNANSWERABLE"],
            "passages": passages,
        },
        "tags": {"answerability": task["Answerability"][0].lower()},
    }


def _recording(answer: dict[str, Any]) -> dict[str, Any]:
    votes = answer["annotations"]["faithfulness"].values()
    rating = (mean(float(vote["value"]) for vote in votes) - 1) / 3
    text = json.dumps({"answer": answer["model_response"], "faithfulness": rating})
    return {"case_id": answer["task_id"], "model": MODELS[answer["model_id"]], "text": text}


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _write_specs(root: Path) -> None:
    models = "\n".join(
        f"          {name}: {{provider: replay, recording: recordings.jsonl, model: {name}}}"
        for name in MODELS.values()
    )
    files = {
        "genaiops.yaml": "name: mt-rag\n",
        "catalog.yaml": f"""
        models:
          extractive: {{provider: extractive, refusal: I do not know.}}
          smollm2-135m: {{provider: local, weights: smollm2-135m, parameters: {{max_tokens: 64}}}}
{models}
        """,
        "indexes/passages.yaml": """
        sources: [{glob: documents.jsonl}]
        chunk: {by: recursive, size: 400, unit: tokens}
        retrieve: {mode: lexical}
        """,
        "flows/assistant/flow.yaml": """
        inputs:
          question: string
          history: {type: messages, default: []}
        nodes:
          search: {retrieve: passages, query: "${inputs.question}", k: 4}
          answer:
            prompt: answer.md
            model: extractive
            history: ${inputs.history}
            with: {question: "${inputs.question}", passages: "${search.passages}"}
        outputs: {answer: "${answer.text}", passages: "${search.passages}"}
        """,
        "flows/assistant/answer.md": """
        # system
        Answer from these passages only:
        {% for p in passages %}
        {{ p.text }}
        {% endfor %}

        # user
        {{ question }}
        """,
        "flows/rated/flow.yaml": """
        description: The recorded answers, each with the rating that people gave it.
        inputs:
          question: string
          passages: passages
        nodes:
          answer:
            prompt: answer.md
            model: human
            with: {question: "${inputs.question}", passages: "${inputs.passages}"}
        outputs:
          answer: ${answer.json.answer}
          rating: ${answer.json.faithfulness}
          passages: ${inputs.passages}
        """,
        "flows/rated/answer.md": """
        ---
        response_schema:
          type: object
          properties: {answer: {type: string}, faithfulness: {type: number}}
          required: [answer, faithfulness]
        ---
        # user
        {{ question }}
        {% for p in passages %}
        {{ p.text }}
        {% endfor %}
        """,
        "evals/assistant.yaml": """
        flow: flows/assistant
        dataset: datasets/tasks.jsonl
        metrics:
          - answer_f1
          - passage_recall: {as: recall_at_4, k: 4}
          - groundedness
          - latency
        """,
        "evals/rated.yaml": """
        flow: flows/rated
        dataset: datasets/tasks.jsonl
        metrics:
          - recorded:
              as: faithfulness
              value: ${run.outputs.rating}
              range: [0, 1]
              direction: higher
          - answer_f1
          - groundedness
        gates:
          - {metric: faithfulness, no_worse_than: baseline, margin: 0.05}
        """,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
