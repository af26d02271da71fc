"""A team with sixty cases and a bot that answers by chance: what its own gate does to it.

Its first baseline measures the noise and writes margin and repeats. Eight baselines, drawn anew,
meet five candidates each; nothing is recorded, so that each run is a draw of its own.
"""

import json
from typing import Any

import pytest

from tests.cli.terminal import Done, Terminal

APP = """\
import random
from collections import Counter

SEED, LOST = {seed}, {lost}
asked = Counter()


async def answer(question: str) -> str:
    asked[question] += 1
    known = random.Random(question).betavariate(1.7, 0.3) * (1 - LOST / 0.85)
    drawn = random.Random(f"{{SEED}} {{question}} {{asked[question]}}").random()
    return "yes" if drawn < known else "no"
"""
EVAL = """\
flow: app:answer
dataset: cases.csv
metrics: [{exact_match: {as: right}}]
gates:
  - {metric: right, no_worse_than: baseline}
"""
BASELINES, CANDIDATES = 8, 5
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The team after it accepted its first baseline."""
    root = tmp_path_factory.mktemp("team")
    rows = ["question,expected", *(f"question {number}?,yes" for number in range(60))]
    files = {
        "genaiops.yaml": "name: team\n",
        "cases.csv": "\n".join(rows) + "\n",
        "evals/team.yaml": EVAL,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    terminal = Terminal(root)
    write_bot(terminal, seed=0)
    terminal.ok("trust", "--own")
    terminal.ok("eval", "team")
    terminal.ok("baseline", "accept", "team")
    return terminal


def write_bot(team: Terminal, *, seed: int, lost: float = 0.0) -> None:
    """The bot as another draw; it is right in 85 of 100, less what is `lost`."""
    (team.root / "app.py").write_text(APP.format(seed=seed, lost=lost), "utf-8")


def judged(team: Terminal, *, seed: int, lost: float = 0.0) -> tuple[Done, Any]:
    write_bot(team, seed=seed, lost=lost)
    done = team("gate", "team", "--json")
    return done, json.loads(done.out)


def test_accepting_wrote_what_so_few_cases_and_so_much_noise_hold(team: Terminal) -> None:
    text = (team.root / "evals/team.yaml").read_text("utf-8")
    assert "repeats: 3\n" in text
    assert "no_worse_than: baseline, margin: 0.1}" in text
    assert "An unchanged candidate passes in" in " ".join(text.split())


def test_an_unchanged_bot_is_not_stopped_and_passes_only_by_proof(team: Terminal) -> None:
    stopped, words = 0, list[str]()
    for baseline in range(BASELINES):
        write_bot(team, seed=1000 + baseline)
        team.ok("eval", "team")
        team.ok("baseline", "accept", "team")
        for candidate in range(CANDIDATES):
            done, decision = judged(team, seed=10 * (baseline + 1) + candidate)
            (verdict,) = decision["verdicts"]
            stopped += done.code != 0
            words.append(decision["word"])
            assert verdict["difference"]["n"] == 60
            is_proof = verdict["difference"]["low"] > -0.1
            assert (decision["word"] == "pass") == is_proof
    assert stopped <= 0.05 * len(words), f"{stopped} of {len(words)}"
    assert 0.6 <= words.count("pass") / len(words) < 1
    assert "fail" not in words or words.count("fail") <= 2


def test_a_bot_that_lost_twenty_points_is_stopped(team: Terminal) -> None:
    codes = [judged(team, seed=500 + seed, lost=0.2)[0].code for seed in range(10)]
    assert sum(code != 0 for code in codes) >= 9, codes
