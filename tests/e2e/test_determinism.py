"""Equal files and equal recorded answers give equal digests and equal bytes, wherever they run."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Terminal
from tests.project.build import build_project

CASES = 24
REPEATS = 2
REPORTS = ("report.json", "report.jsonl", "report.csv", "report.md", "report.junit.xml")
CATALOG = """\
    models:
      recorded:
        provider: replay
        recording: answers.jsonl
        model: real
        price: {input_usd_per_mtok: 0.15, output_usd_per_mtok: 0.6}
    """
FLOW = """\
    inputs: {question: string}
    nodes:
      search: {retrieve: handbook, query: "${inputs.question}", k: 3}
      answer:
        prompt: answer.md
        model: recorded
        with: {question: "${inputs.question}", passages: "${search.passages}"}
      checked:
        prompt: answer.md
        model: recorded
        with: {question: "${answer.text}", passages: []}
    outputs: {answer: "${checked.text}", passages: "${search.passages}"}
    """
EVAL = f"""\
    flow: flows/assistant
    dataset: datasets/handbook.jsonl
    repeats: {REPEATS}
    metrics: [answer_f1, groundedness, latency, cost, tokens]
    gates:
      - {{metric: answer_f1, at_least: 0.2}}
      - {{metric: latency, quantile: 0.8, at_most: 4, tier: advisory}}
    slices: [topic]
    """


def recording(case: int, repeat: int) -> dict[str, Any]:
    words = ["three weeks", "Ähnlich lange", "I do not know", "21 days, or 42"]
    return {
        "model": "real",
        "case_id": f"c{case}",
        "repeat": repeat,
        "text": words[(case + repeat) % len(words)],
        "latency_s": 0.1 * case + 0.01 * repeat,
        "usage": {"input_tokens": 100 + case, "output_tokens": 7, "cost_usd": 0.0001 * case},
    }


def write_project(root: Path) -> Terminal:
    """A project whose last case has no recorded answer."""
    cases = [
        {
            "id": f"c{place}",
            "inputs": {"question": f"How long may book {place} be kept?"},
            "expected": {"answer": "Three weeks"},
            "tags": {"topic": ["Ausleihe", "été", "b"][place % 3]},
        }
        for place in range(CASES)
    ]
    answers = [recording(case, repeat) for case in range(CASES - 1) for repeat in range(REPEATS)]
    changes = {
        "catalog.yaml": CATALOG,
        "flows/assistant/flow.yaml": FLOW,
        "evals/assistant.yaml": EVAL,
        "datasets/handbook/loans.md": "# Loans\n\nA book may be kept for three weeks.\n" * 40,
        "datasets/handbook.jsonl": lines(cases),
        "answers.jsonl": lines(answers),
    }
    return Terminal(build_project(root, changes))


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def gate_elsewhere(root: Path, concurrency: int, **environment: str) -> dict[str, Any]:
    """Run the gate in a process of its own; the answer is the run that it stored."""
    write_project(root)
    outputs = [word for name in REPORTS for word in ("-o", name)]
    subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-m", "genaiops", "gate", "assistant", "-j", str(concurrency), *outputs],
        cwd=root, env=os.environ | environment, capture_output=True, check=True,
    )  # fmt: skip
    return stored_run(Terminal(root))


def stored_run(terminal: Terminal) -> dict[str, Any]:
    return json.loads(terminal.ok("runs", "show", "last", "--json"))


@pytest.mark.slow
def test_a_run_is_the_same_alone_and_crowded_in_any_zone_and_language(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    first = gate_elsewhere(one, 1, TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C", LANG="C")
    second = gate_elsewhere(
        other, 16, TZ="Pacific/Auckland", PYTHONHASHSEED="2", LC_ALL="C.UTF-8", COLUMNS="200"
    )
    assert (first["scored"], first["errored"]) == ((CASES - 1) * REPEATS, REPEATS)
    assert first["digest"] == second["digest"]
    assert first["digests"] == second["digests"]
    for name in REPORTS:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_a_second_run_takes_recorded_calls_and_reports_the_same(tmp_path: Path) -> None:
    terminal = write_project(tmp_path)
    terminal.ok("eval", "assistant", "-o", "first.json")
    told = terminal.ok("eval", "assistant", "-o", "second.json", "-j", "3")
    calls = 2 * REPEATS * (CASES - 1)
    assert f"0 calls made, {calls} reused" in told
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


@pytest.mark.parametrize(
    ("file", "old", "new", "digest"),
    [
        (
            "flows/assistant/answer.md",
            "question }}",
            "question }}.",
            "prompt flows/assistant/answer.md",
        ),
        ("evals/assistant.yaml", "[answer_f1, groundedness,", "[answer_f1,", "metrics"),
        ("datasets/handbook.jsonl", "Three weeks", "Three Weeks", "dataset"),
        ("datasets/handbook/loans.md", "three weeks", "four weeks", "index handbook"),
        ("answers.jsonl", "I do not know", "I do not know!", "model recorded"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value else "",
)
def test_whatever_decides_a_number_decides_the_digest(
    tmp_path: Path, file: str, old: str, new: str, digest: str
) -> None:
    before = write_project(tmp_path / "before")
    after = write_project(tmp_path / "after")
    path = after.root / file
    changed = path.read_text("utf-8").replace(old, new)
    assert changed != path.read_text("utf-8")
    path.write_text(changed, "utf-8")
    runs = []
    for terminal in (before, after):
        terminal.ok("eval", "assistant", "-n", "4")
        runs.append(stored_run(terminal))
    first, second = runs
    assert first["digest"] != second["digest"]
    both = first["digests"].items() ^ second["digests"].items()
    assert {name for name, _ in both} == {digest}
