import json
from pathlib import Path

import pytest

from tests.cli.terminal import Done, Terminal
from tests.cli.test_gate import set_gates

FILE = "evals/baselines/assistant.jsonl"
APP = """\
import random

drawn = random.Random({seed})


async def answer(question: str) -> str:
    return "yes" if drawn.random() < {rate} else "no"
"""
EVAL = """\
# ours
flow: app:answer
dataset: cases.csv  # sixty
metrics: [{exact_match: {as: right}}, latency]
gates:
  - {metric: right, at_least: 0.5}
  - {metric: right, no_worse_than: baseline}   # by accept
"""


def test_what_changes_is_shown_before_it_is_written(library: Terminal) -> None:
    library.ok("eval", "assistant")
    told = library.ok("baseline", "accept", "assistant", "--dry-run")
    assert told.splitlines()[0].split("  ")[0] == "metric"
    assert "none" in told
    assert not (library.root / FILE).exists()
    assert f"wrote {FILE}: commit it" in library("baseline", "accept", "assistant").err
    again = library.ok("baseline", "accept", "assistant", "--dry-run")
    row = next(line for line in again.splitlines() if line.startswith("answer_f1"))
    _, before, after = (cell.strip() for cell in row.split("  ") if cell.strip())
    assert before == after


def test_the_baseline_is_shown(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant-1")
    assert library.ok("baseline", "show", "assistant").startswith("assistant-1  extractive")
    shown = json.loads(library.ok("baseline", "show", "assistant", "--json"))
    assert shown["id"] == "assistant-1"


def test_a_failing_run_is_accepted_only_with_a_reason(library: Terminal) -> None:
    library.ok("eval", "assistant", "--variant", "blind")
    done = library("baseline", "accept", "assistant")
    assert done.code == 2
    assert "accept it with --reason WHY" in done.err
    assert not (library.root / FILE).exists()
    library.ok("baseline", "accept", "assistant", "--reason", "the index is new")
    shown = library.ok("baseline", "show", "assistant")
    assert "  accepted with the reason: the index is new\n" in shown


@pytest.mark.parametrize(
    ("policy", "code"), [("block", 2), ("block_if_worse", 0), ("extend", 0), ("allow", 0)]
)
def test_a_run_that_is_blocked_by_an_open_gate_is_accepted_only_with_a_reason(
    library: Terminal, policy: str, code: int
) -> None:
    limit = f"{{metric: groundedness, at_least: 0.95, on_inconclusive: {policy}}}"
    set_gates(library, limit, "{metric: answer_f1, no_worse_than: baseline, margin: 0.3}")
    library.ok("eval", "assistant")
    judged = library("gate", "assistant", "--run", "assistant-1")
    assert judged.out.startswith("INCONCLUSIVE")
    done = library("baseline", "accept", "assistant")
    assert (done.code, judged.code) == (code, 3 if code else 0)
    assert (library.root / FILE).exists() == (code == 0)
    if code:
        told = "run 'assistant-1': groundedness at_least 0.95 is left open, which blocks"
        assert f"{told}: accept it with --reason WHY" in " ".join(done.err.split())
        offered = judged.err.rpartition("genaiops ")[2].split()
        library.ok(*" ".join(offered).replace("WHY", "first").split())


def test_what_a_baseline_is_wanted_for_asks_for_no_reason(library: Terminal) -> None:
    compared = "{metric: answer_f1, no_worse_than: baseline, on_inconclusive: block}"
    set_gates(library, compared)
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    set_gates(library, compared)  # without the margin, which it was given
    library.ok("eval", "assistant", "--variant", "blind")
    assert library("gate", "assistant", "--run", "assistant").code == 3
    assert "MARGIN  answer_f1" in library.ok("baseline", "accept", "assistant")


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_empty_reason_is_none(library: Terminal, reason: str) -> None:
    library.ok("eval", "assistant", "--variant", "blind")
    done = library("baseline", "accept", "assistant", "--reason", reason)
    assert done.code == 2
    assert "--reason is empty: say why this run is accepted" in done.err
    assert not (library.root / FILE).exists()


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"\xff\xfe", b'{"format": 1}\n{\n'])
def test_a_damaged_baseline_is_replaced_by_an_accepted_one(
    library: Terminal, damage: bytes
) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    sound = (library.root / FILE).read_bytes()
    (library.root / FILE).write_bytes(damage)
    tried = library("baseline", "accept", "assistant", "--dry-run")
    assert tried.code == 0
    assert "an accepted run takes its place" in tried.err
    assert (library.root / FILE).read_bytes() == damage
    done = library("baseline", "accept", "assistant")
    assert done.code == 0
    assert f"{FILE}:" in done.err
    assert "an accepted run takes its place" in done.err
    assert (library.root / FILE).read_bytes() == sound


def test_a_failing_run_takes_no_damaged_baseline_s_place_without_a_reason(
    library: Terminal,
) -> None:
    library.ok("eval", "assistant", "--variant", "blind")
    (library.root / FILE).parent.mkdir()
    (library.root / FILE).write_text("{", "utf-8")
    assert library("baseline", "accept", "assistant").code == 2
    assert (library.root / FILE).read_text("utf-8") == "{"


def test_a_damaged_baseline_is_told_with_its_line(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    path = library.root / FILE
    path.write_text(path.read_text("utf-8") + "{\n", "utf-8")
    done = library("gate", "assistant")
    assert done.code == 2
    assert f"{FILE}:14:1: not a line of a baseline" in done.err


def write_team(
    root: Path, *, cases: int = 60, evaluation: str = EVAL, rate: float = 0.9
) -> Terminal:
    """A bot that is right by chance, and a gate without a margin."""
    rows = [f"question {number}?,yes" for number in range(cases)]
    files = {
        "genaiops.yaml": "name: team\n",
        "app.py": APP.format(seed=1, rate=rate),
        "cases.csv": "\n".join(["question,expected", *rows]) + "\n",
        "evals/team.yaml": evaluation,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(text.encode())
    terminal = Terminal(root)
    terminal.ok("trust", "--own")
    return terminal


def accepted(team: Terminal, *words: str) -> Done:
    team.ok("eval", "team")
    done = team("baseline", "accept", "team", *words)
    assert done.code == 0, done
    return done


def test_a_gate_without_a_margin_gets_one_by_the_noise_that_is_measured(tmp_path: Path) -> None:
    team = write_team(tmp_path)
    done = accepted(team)
    assert "no margin yet: asking 60 cases 3 times" in done.err
    assert "MARGIN  right no_worse_than baseline: margin 0.1, 60 cases x 3" in done.out
    assert "wrote evals/team.yaml: its comments say why" in done.err
    text = (tmp_path / "evals/team.yaml").read_text("utf-8")
    assert "repeats: 3\n" in text
    assert "  - {metric: right, no_worse_than: baseline, margin: 0.1}   # by accept\n" in text
    kept = iter(text.replace(", margin: 0.1", "").splitlines())
    assert all(line in kept for line in EVAL.splitlines()), "in their order, as they were written"
    comment = " ".join(line.strip(" #") for line in text.splitlines() if line.startswith("  # "))
    assert comment.startswith("margin by 60 cases x 3. Noise measured on 60 cases: as if ")
    assert "An unchanged candidate passes in " in comment
    shown = json.loads(team.ok("baseline", "show", "team", "--json"))
    assert (shown["id"], shown["repeats"]) == ("team-2", 3)
    assert team("check").code == 0
    again = team("baseline", "accept", "team")
    assert "MARGIN" not in again.out, "a margin that is there stays"


def test_a_dry_run_asks_nothing_and_writes_nothing(tmp_path: Path) -> None:
    team = write_team(tmp_path)
    done = accepted(team, "--dry-run")
    assert "accepting it asks 60 cases 3 times" in done.err
    assert "Noise assumed: as if 17.0% of the answers flipped" in done.out
    assert (tmp_path / "evals/team.yaml").read_text("utf-8") == EVAL
    assert not (tmp_path / "evals/baselines").exists()
    assert [run["id"] for run in json.loads(team.ok("runs", "list", "--json"))] == ["team-1"]


def test_a_run_with_repeats_shows_its_noise_by_itself(tmp_path: Path) -> None:
    team = write_team(tmp_path)
    team.ok("eval", "team", "--repeats", "2")
    done = team("baseline", "accept", "team")
    assert "asking" not in done.err
    assert "60 cases x 2" in done.out
    text = (tmp_path / "evals/team.yaml").read_text("utf-8")
    assert "repeats: 2\n" in text


def test_repeats_that_the_file_says_are_kept(tmp_path: Path) -> None:
    team = write_team(tmp_path, evaluation=EVAL.replace("metrics:", "repeats: 1\nmetrics:"))
    done = accepted(team)
    assert "60 cases x 1" in done.out
    text = (tmp_path / "evals/team.yaml").read_text("utf-8")
    assert text.count("repeats:") == 1
    shown = json.loads(team.ok("baseline", "show", "team", "--json"))
    assert shown["id"] == "team-1", "one draw of each case is what candidates have, too"


def test_where_no_score_ever_changes_one_draw_is_enough(tmp_path: Path) -> None:
    team = write_team(tmp_path, rate=1)
    done = accepted(team)
    assert "No score of 60 cases changed when they were asked again." in " ".join(done.out.split())
    assert "repeats" not in (tmp_path / "evals/team.yaml").read_text("utf-8")
    assert team("gate", "team").out.startswith("PASS")


def test_few_cases_get_a_wider_margin_and_fewer_none(tmp_path: Path) -> None:
    team = write_team(tmp_path, cases=12, rate=1)
    done = accepted(team)
    told = " ".join(done.out.split())
    assert "margin 0.25, 12 cases x 1" in told
    assert "The usual margin of 10 points would pass too few unchanged candidates." in told
    (tmp_path / "evals/team.yaml").write_text(EVAL, "utf-8")
    (tmp_path / "cases.csv").write_text("question,expected\na?,yes\n", "utf-8")
    done = accepted(team)
    told = " ".join(done.out.split())
    assert "no margin, 1 case x 1" in told
    assert "No margin up to half of the range would pass an unchanged candidate" in told
    assert (tmp_path / "evals/team.yaml").read_text("utf-8") == EVAL


def test_what_changed_since_the_run_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    team = write_team(tmp_path)
    team.ok("eval", "team")
    (tmp_path / "app.py").write_text(APP.format(seed=2, rate=0.2), "utf-8")
    done = team("baseline", "accept", "team")
    assert done.code == 2
    assert "run 'team-1' cannot be asked again, to tell its noise, for this changed" in done.err
    assert "genaiops eval team --repeats 3" in done.err
    assert not (tmp_path / "evals/baselines").exists()


def test_a_gate_that_cannot_be_written_to_is_told_and_nothing_is_accepted(tmp_path: Path) -> None:
    odd = EVAL.replace(
        "{metric: right, no_worse_than: baseline}", "{metric: right, no_worse_than:\n     baseline}"
    )
    team = write_team(tmp_path, evaluation=odd)
    team.ok("eval", "team", "--repeats", "2")
    done = team("baseline", "accept", "team")
    assert done.code == 2
    assert "evals/team.yaml:7:21: cannot be written here by itself; write margin: 0.1" in done.err
    assert (tmp_path / "evals/team.yaml").read_text("utf-8") == odd
    assert not (tmp_path / "evals/baselines").exists()


def test_of_imported_answers_no_noise_can_be_seen(tmp_path: Path) -> None:
    team = write_team(tmp_path, evaluation=EVAL.replace("app:answer", "imported"))
    rows = [f"question {number}?,{'no' if number % 9 == 0 else 'yes'}" for number in range(60)]
    (tmp_path / "old.csv").write_text("\n".join(["question,answer", *rows]) + "\n", "utf-8")
    team.ok("import", "old.csv", "--eval", "team")
    done = team("baseline", "accept", "team")
    assert done.code == 0, done
    told = "no noise can be seen in team-1, for its answers come from elsewhere: it is assumed"
    assert told in done.err
    text = (tmp_path / "evals/team.yaml").read_text("utf-8")
    assert "repeats" not in text
    assert "margin: 0.15}" in text
