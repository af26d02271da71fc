"""Real answers of four models, with what they cost and took: `compare` on shared/data/llm-drift."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "llm-drift" / "PRIME_FULL_EVAL.csv"
MODELS = {
    "openaichat/gpt-4-0314": "gpt-4-march",
    "openaichat/gpt-4-0613": "gpt-4-june",
    "openaichat/gpt-3.5-turbo-0301": "gpt-3.5-march",
    "openaichat/gpt-3.5-turbo-0613": "gpt-3.5-june",
}
METRIC = """\
import re

from genaiops import metric


@metric(range=(0, 1), direction="higher", binary=True)
def says(answer: str, expected: str) -> float:
    words = re.findall(r"\\b(yes|no)\\b", answer.lower())
    return float(words[-1:] == [expected.lower()])
"""
ARMS = tuple(part for name in MODELS.values() for part in ("-m", name))
pytestmark = pytest.mark.skipif(
    not SOURCE.exists(), reason="the llm-drift data is not beside this repository"
)


@pytest.fixture(scope="module")
def primes(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """One case a number; the recordings keep the models' own latency and cost."""
    root = tmp_path_factory.mktemp("drift")
    csv.field_size_limit(10_000_000)
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cases = {row["query"]: f"n{place}" for place, row in enumerate(rows)}
    expected = {row["query"]: row["ref_answer"] for row in rows}
    with (root / "primes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "question", "expected"])
        writer.writerows([cases[query], query, expected[query]] for query in cases)
    with (root / "recording.jsonl").open("w", encoding="utf-8") as file:
        for row in rows:
            line = {
                "case_id": cases[row["query"]],
                "model": MODELS[row["model"]],
                "text": row["answer"],
                "latency_s": float(row["latency"]),
                "usage": {"cost_usd": float(row["cost"])},
            }
            file.write(json.dumps(line) + "\n")
    entries = "".join(
        f"  {name}: {{provider: replay, recording: recording.jsonl, model: {name}}}\n"
        for name in MODELS.values()
    )
    (root / "genaiops.yaml").write_text("name: drift\n", "utf-8")
    (root / "catalog.yaml").write_text(f"models:\n{entries}", "utf-8")
    (root / "ask.md").write_text("{{ question }}\n", "utf-8")
    (root / "score.py").write_text(METRIC, "utf-8")
    return Terminal(root)


def test_the_published_drift_is_found_with_cost_and_time(primes: Terminal) -> None:
    ask = ("-p", "ask.md", *ARMS, "-d", "primes.csv", "--metric", "score.py:says")
    found = json.loads(primes.ok("compare", *ask, "--json"))
    arms = {arm["label"]: arm for arm in found["arms"]}
    assert [arm["label"] for arm in found["arms"]] == [
        "gpt-4-march", "gpt-3.5-june", "gpt-4-june", "gpt-3.5-march",
    ]  # fmt: skip
    # Chen, Zaharia and Zou (2023) publish 84.0, 51.1 and, by their own parsing, 49.6 and 76.2.
    shares = {label: round(100 * arm["estimate"]["value"], 1) for label, arm in arms.items()}
    assert shares == {
        "gpt-4-march": 84.0, "gpt-3.5-june": 76.1, "gpt-4-june": 51.1, "gpt-3.5-march": 50.0,
    }  # fmt: skip
    ranks = {label: (arm["rank_low"], arm["rank_high"]) for label, arm in arms.items()}
    assert ranks["gpt-4-march"] == (1, 1)
    assert ranks["gpt-3.5-june"] == (2, 2)
    assert ranks["gpt-4-june"] == ranks["gpt-3.5-march"] == (3, 4)
    assert arms["gpt-4-march"]["usd_per_1k_cases"] > arms["gpt-4-june"]["usd_per_1k_cases"] > 0
    assert arms["gpt-4-march"]["latency_p95_s"] > arms["gpt-4-june"]["latency_p95_s"]
