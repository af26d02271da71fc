"""`gate --against git:main`: a team of sixty noisy cases, and what its branches come to."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Done, Terminal
from tests.repository import Repository

APP = """\
import hashlib

SALT, RATE = "{salt}", {rate}


def answer(question: str) -> str:
    drawn = int(hashlib.sha256(f"{{SALT}} {{question}}".encode()).hexdigest()[:8], 16) / 16**8
    return "yes" if drawn < RATE else "no"
"""
EVAL = """\
flow: app:answer
dataset: cases.csv
metrics: [{exact_match: {as: right}}]
gates:
  - {metric: right, no_worse_than: baseline, margin: MARGIN}
on_inconclusive: POLICY
"""
pytestmark = pytest.mark.slow


def app(*, salt: str = "a", rate: float = 0.8) -> str:
    return APP.format(salt=salt, rate=rate)


def policy(*, margin: float = 0.1, open_gates: str = "block_if_worse") -> str:
    return EVAL.replace("MARGIN", str(margin)).replace("POLICY", open_gates)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return write_team(tmp_path_factory.mktemp("team"))


def write_team(root: Path) -> Terminal:
    """A repository whose bot is right on four of five cases, by chance."""
    lines = ["id,question,expected", *(f"c{i},question {i}?,yes" for i in range(60))]
    files = {
        ".gitignore": ".genaiops/\n.home/\n",
        "genaiops.yaml": "name: team\n",
        "app.py": app(),
        "cases.csv": "\n".join(lines) + "\n",
        "evals/team.yaml": policy(),
    }
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    Repository.begin(root)
    terminal = Terminal(root)
    terminal.ok("trust", "--own")
    return terminal


def judged(team: Terminal, branch: str, files: dict[str, str | None]) -> tuple[Done, Any]:
    Repository(team.root).branch(branch, files)
    done = team("gate", "team", "--against", "git:main", "--json")
    return done, json.loads(done.out)


def test_a_better_branch_passes_and_is_told_what_it_costs_first(team: Terminal) -> None:
    done, decision = judged(team, "better", {"app.py": app(rate=0.999)})
    assert (done.code, decision["word"]) == (0, "pass")
    assert done.err.startswith("app:answer: a Python function, whose own calls are not recorded")
    (verdict,) = decision["verdicts"]
    assert (verdict["baseline"]["n"], verdict["worsened"]) == (60, 0)
    assert verdict["improved"] > 5, "each commit ran with code of its own"


def test_an_equal_branch_is_neither_stopped_nor_told_that_it_passed(team: Terminal) -> None:
    done, decision = judged(team, "equal", {"app.py": app(salt="e")})
    assert (done.code, decision["word"], decision["blocked"]) == (0, "inconclusive", False)
    (verdict,) = decision["verdicts"]
    assert verdict["difference"]["low"] < -0.1 < verdict["difference"]["high"]


def test_a_worse_branch_fails(team: Terminal) -> None:
    done, decision = judged(team, "worse", {"app.py": app(rate=0.4)})
    assert (done.code, decision["word"]) == (1, "fail")


def test_a_branch_cannot_weaken_the_gate_that_judges_it(team: Terminal) -> None:
    weak = {"app.py": app(rate=0.4), "evals/team.yaml": policy(margin=0.9, open_gates="allow")}
    done, decision = judged(team, "weak", weak)
    assert (done.code, decision["word"]) == (1, "fail")
    assert decision["against"][1:] == [
        (
            "this branch changes the on_inconclusive from block_if_worse to allow: judged by "
            "main's block_if_worse"
        ),
        "this branch raises the margin of right from 0.1 to 0.9: judged by main's 0.1",
    ]
    text = team("gate", "team", "--against", "git:main").out
    assert text.index("raises the margin") < text.index("FAIL  right")


def test_a_branch_is_scored_by_the_metric_code_of_its_base(team: Terminal) -> None:
    honest = "from genaiops import metric\n\n\n@metric(range=(0, 1), direction='higher')\n"
    honest += (
        "def right(answer: str, expected: str) -> float:\n    return float(answer == expected)\n"
    )
    use = policy().replace("{exact_match: {as: right}}", "score.py:right")
    repository = Repository(team.root)
    repository.branch("scored", {"score.py": honest, "evals/team.yaml": use})
    forged = honest.replace("float(answer == expected)", "1.0")
    repository.git("checkout", "-q", "-b", "forged")
    repository.commit({"score.py": forged, "app.py": app(rate=0.4)})
    done = team("gate", "team", "--against", "git:scored", "--json")
    decision = json.loads(done.out)
    assert (done.code, decision["word"]) == (1, "fail"), done.err
    assert decision["verdicts"][0]["estimate"]["value"] < 0.6
    assert "this branch changes the code of metrics: scored by scored's" in decision["against"]


def test_cases_that_a_branch_removes_adds_and_changes_are_told_and_not_compared(
    team: Terminal,
) -> None:
    lines = (team.root / "cases.csv").read_text("utf-8").splitlines()
    changed = [lines[0], "c0,question 0?,no", *lines[3:], "new,question new?,yes"]
    done, decision = judged(team, "data", {"cases.csv": "\n".join(changed) + "\n"})
    assert decision["against"][1:] == [
        "the dataset changed since the baseline: compared on the 58 cases that both hold",
        "1 case with other inputs or expected values, not compared: c0",
        "1 case of the candidate is not in the baseline: new",
        "1 case of the baseline is not in the candidate: c1",
    ]
    assert decision["notes"] == []
    assert decision["verdicts"][0]["difference"]["n"] == 58
    assert done.code == 0


def test_the_base_is_where_the_branch_began_and_the_head_is_the_working_tree(
    team: Terminal,
) -> None:
    repository = Repository(team.root)
    began = repository.branch("behind", {"app.py": app(salt="b")})
    repository.git("checkout", "-q", "-b", "later", "main")
    repository.commit({"app.py": app(rate=0.01)})
    repository.git("checkout", "-q", "behind")
    (team.root / "app.py").write_text(app(rate=0.999), "utf-8")
    try:
        done = team("gate", "team", "--against", "git:later", "--json")
    finally:
        repository.git("checkout", "-q", "--", "app.py")
    decision = json.loads(done.out)
    main = repository.git("rev-parse", "main")
    assert decision["against"][0] == (
        f"compared: the working tree with commit {main[:10]}, where this branch left later"
    )
    assert decision["word"] == "pass"
    assert began not in decision["against"][0]
    runs = json.loads(team.ok("runs", "list", "--json"))
    assert [run["git_commit"] for run in runs[:2]] == [began, main]


def test_the_code_of_the_base_needs_trust_as_well(team: Terminal) -> None:
    Repository(team.root).branch("untrusted", {"app.py": app(salt="u")})
    stranger = replace(team, environment={"XDG_CONFIG_HOME": str(team.root / ".genaiops/none")})
    done = stranger("gate", "team", "--against", "git:main")
    assert done.code == 5
    assert done.err.count("run the Python file app.py") == 2, "that of main, and that of the branch"
    digest = done.err.split("--trust ")[1].split()[0]
    assert stranger("gate", "team", "--against", "git:main", "--trust", digest).code != 5


def test_nothing_is_left_behind(team: Terminal, tmp_path: Path) -> None:
    Repository(team.root).branch("clean", {"app.py": app(salt="c")})
    there = replace(team, environment={"TMPDIR": str(tmp_path)})
    assert there("gate", "team", "--against", "git:main").code in {0, 3}
    assert list(tmp_path.iterdir()) == []
    assert Repository(team.root).git("status", "--porcelain") == ""
    assert len(Repository(team.root).git("worktree", "list").splitlines()) == 1
