"""Recorded answers of four models, imported from the table that was published, and gated."""

import csv
import json
from math import log10
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from genaiops.stats import mcnemar_p
from tests.cli.terminal import Terminal
from tests.e2e.test_drift import METRIC

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "llm-drift" / "PRIME_FULL_EVAL.csv"
MODELS = ("gpt-4-0314", "gpt-4-0613", "gpt-3.5-turbo-0301", "gpt-3.5-turbo-0613")
EVAL = """\
flow: imported
dataset: primes.csv
metrics: ["score.py:says", latency, cost]
gates:
  - {metric: says, no_worse_than: baseline, margin: 0.05}
  - {metric: says, no_worse_than: baseline, margin: 0.05, slice: kind}
  - {metric: latency, no_worse_than: baseline, margin_ratio: 1.1}
  - {metric: cost, no_worse_than: baseline, margin_ratio: 1.1}
slices: [kind]
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not SOURCE.exists(), reason="the llm-drift data is not beside this repository"
    ),
]


@pytest.fixture(scope="module")
def primes(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Four runs: gpt-4 of March and June 2023, then gpt-3.5 of March and June."""
    root = tmp_path_factory.mktemp("imported")
    csv.field_size_limit(10_000_000)
    with SOURCE.open(encoding="utf-8", newline="") as file:
        expected = {row["query"]: row["ref_answer"] for row in csv.DictReader(file)}
    (root / "evals").mkdir()
    (root / "evals/primes.yaml").write_text(EVAL, "utf-8")
    (root / "score.py").write_text(METRIC, "utf-8")
    with (root / "primes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "expected", "tags.kind"])
        for query, answer in expected.items():
            writer.writerow([query, answer, "prime" if answer == "yes" else "composite"])
    terminal = Terminal(root)
    terminal.ok("trust", "--own")
    for model in MODELS:
        where = f"model=openaichat/{model}"
        terminal.ok("import", str(SOURCE), "--map", "question=query,id=", "--where", where)
    return terminal


def gated(primes: Terminal, run: str, against: str) -> tuple[int, dict[str, Any]]:
    done = primes("gate", "--run", run, "--against", against, "--json")
    decision = json.loads(done.out)
    found = {verdict["gate"].partition(" ")[0]: verdict for verdict in decision["verdicts"][::-1]}
    return done.code, {"word": decision["word"], "sliced": decision["verdicts"][1]} | found


def test_gpt_4_of_june_fails_against_march_while_it_got_faster_and_cheaper(
    primes: Terminal,
) -> None:
    code, found = gated(primes, "primes-2", "primes-1")
    says = found["says"]
    assert (code, found["word"], says["word"]) == (1, "fail", "fail")
    assert (says["improved"], says["worsened"]) == (147, 476)
    ends = [round(100 * says["difference"][end], 1) for end in ("value", "low", "high")]
    assert ends == [-32.9, -36.7, -29.0]
    exact = stats.binomtest(147, 147 + 476, alternative="less").pvalue
    assert log10(exact) == pytest.approx(-40.98, abs=0.01)
    assert log10(mcnemar_p(147, 476)) == pytest.approx(log10(exact), abs=0.01)
    assert (found["latency"]["word"], found["cost"]["word"]) == ("pass", "pass")


def test_its_slices_show_that_the_drop_is_on_primes(primes: Terminal) -> None:
    shares: dict[str, dict[str, float]] = {}
    for run in ("primes-1", "primes-2"):
        primes.ok("runs", "export", run, "-o", f"{run}.json")
        estimates = json.loads((primes.root / f"{run}.json").read_text("utf-8"))["estimates"]
        says = next(entry for entry in estimates if entry["metric"] == "says")
        shares[run] = {part["of"]: part["value"] for part in says["slices"]}
    _, found = gated(primes, "primes-2", "primes-1")
    assert found["sliced"]["sentence"] == "1 of 2 slices failed: kind prime."
    march, june = shares["primes-1"], shares["primes-2"]
    assert (march["prime"], june["prime"]) == (0.976, 0.024)
    assert (march["composite"], june["composite"]) == (0.704, 0.998)


def test_gpt_3_5_of_june_passes_with_a_proven_improvement(primes: Terminal) -> None:
    _, found = gated(primes, "primes-4", "primes-3")
    says = found["says"]
    assert (says["word"], says["improved"], says["worsened"]) == ("pass", 416, 155)
    assert says["sentence"].endswith("An improvement is proven.")


def test_imported_runs_are_told_apart_case_by_case_and_accepted(primes: Terminal) -> None:
    assert "476" in primes.ok("diff", "primes-1", "primes-2")
    primes.ok("baseline", "accept", "primes-1", "--reason", "the March release")
    assert primes("gate", "--run", "primes-2").code == 1
