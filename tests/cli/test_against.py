import json
from pathlib import Path

import pytest

from tests.cli.library import EVAL
from tests.cli.terminal import Terminal
from tests.repository import Repository


@pytest.fixture
def repository(library: Terminal) -> Repository:
    (library.root / ".gitignore").write_text(".genaiops/\n.home/\n", "utf-8")
    return Repository.begin(library.root)


def gated(library: Terminal, *more: str) -> tuple[int, str]:
    done = library("gate", "assistant", "--against", "git:main", *more)
    return done.code, done.err


def test_a_base_that_does_not_validate_is_told_with_its_faults(
    library: Terminal, repository: Repository
) -> None:
    sound = (library.root / "evals/assistant.yaml").read_text("utf-8")
    broken = repository.commit({"evals/assistant.yaml": sound.replace("gates:", "gate:")})
    repository.branch("mend", {"evals/assistant.yaml": sound})
    code, told = gated(library)
    assert code == 2
    assert f"main ({broken[:10]}) does not validate, so nothing is compared" in told
    assert "evals/assistant.yaml:4:1: unknown key 'gate'" in told


def test_an_evaluation_that_the_base_lacks_is_judged_by_its_own_limits(
    library: Terminal, repository: Repository
) -> None:
    text = (library.root / "evals/assistant.yaml").read_text("utf-8")
    repository.branch("new", {"evals/fresh.yaml": text})
    done = library("gate", "fresh", "--against", "git:main")
    assert "the evaluation fresh is new: main (" in done.out
    assert "pass  answer_f1" in done.out
    assert "No baseline yet" in done.out


def test_a_project_that_the_base_lacks_is_new_as_a_whole(library: Terminal, tmp_path: Path) -> None:
    first = Repository(tmp_path)
    first.git("init", "-q", "-b", "main")
    first.git("commit", "-q", "--allow-empty", "-m", "first")
    first.git("checkout", "-q", "-b", "project")
    (library.root / ".gitignore").write_text(".genaiops/\n.home/\n", "utf-8")
    first.commit()
    assert "the evaluation assistant is new" in library("gate", "--against", "git:main").out


def test_an_evaluation_that_a_branch_removed_is_not_judged_away(
    library: Terminal, repository: Repository
) -> None:
    repository.branch("gone", {"evals/assistant.yaml": None})
    code, told = gated(library)
    assert (code, "unknown evaluation 'assistant'" in told) == (2, True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--run", "last"), "evaluates both commits: leave --run out"),
        (("--variant", "blind"), "compares commits as they are"),
        (("--base-python", "nowhere/python"), "--base-python nowhere/python: No such file"),
    ],
)
def test_what_does_not_go_with_a_commit_is_refused(
    library: Terminal, repository: Repository, options: tuple[str, ...], told: str
) -> None:
    assert repository.root == library.root
    code, err = gated(library, *options)
    assert (code, told in err) == (2, True), err


def test_another_interpreter_goes_with_a_commit_only(library: Terminal) -> None:
    done = library("gate", "assistant", "--base-python", "python3")
    assert (done.code, "goes with --against git:REF" in done.err) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "has"),
    [("echo Traceback >&2; exit 1", "has no genaiops"), ("echo 0.0.1", "has genaiops 0.0.1")],
)
def test_an_interpreter_without_this_genaiops_is_told(
    library: Terminal, repository: Repository, tmp_path: Path, script: str, has: str
) -> None:
    repository.branch("mine", {"note.md": "x\n"})
    other = tmp_path / ".home/python"
    other.parent.mkdir(exist_ok=True)
    other.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    other.chmod(0o755)
    code, told = gated(library, "--base-python", str(other))
    assert (code, f"--base-python {other}: {has}; install genaiops" in told) == (2, True), told
    assert "Traceback" not in told


@pytest.mark.slow
def test_recorded_calls_are_shared_and_unchanged_code_passes_by_construction(
    library: Terminal, repository: Repository
) -> None:
    repository.branch("weak", {"evals/assistant.yaml": _text(EVAL).replace("0.3", "0.9")})
    done = library("gate", "assistant", "--against", "git:main", "-o", "r.md", "-o", "r.html")
    assert done.code == 0
    assert "Unchanged by construction" in done.out
    runs = [run for run in library.ok("runs", "list").splitlines() if "assistant-" in run]
    assert len(runs) == 2, "both runs are in the store of the project"
    shown = "this branch raises the margin of answer"
    for report in ("r.md", "r.html"):
        assert shown in (library.root / report).read_text("utf-8").replace("\\", "")


@pytest.mark.slow
def test_a_changed_index_of_the_base_is_built_aside(
    library: Terminal, repository: Repository
) -> None:
    library.ok("index", "build", "handbook")
    text = "# Loans\n\nA book may be kept for nine weeks.\n"
    repository.branch("documents", {"datasets/handbook/loans.md": text})
    library.ok("index", "build", "handbook")
    done = library("gate", "assistant", "--against", "git:main")
    assert "3 worse" in done.out
    assert "fresh" in library.ok("index", "status")


def _text(indented: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in indented.split("\n"))


@pytest.mark.slow
def test_a_branch_cannot_change_what_people_said_of_a_judge(
    library: Terminal, repository: Repository
) -> None:
    name, count = "evals/calibrations/plain.exact_match.jsonl", 110
    (library.root / "plain.py").write_text('def answer(question):\n    return "yes"\n', "utf-8")
    expected = ["no" if place % 4 else "yes" for place in range(count)]
    cases = "".join(f"c{place},{place}?,{each}\n" for place, each in enumerate(expected))
    (library.root / "plain.csv").write_text(f"id,question,expected\n{cases}", "utf-8")
    (library.root / "evals/plain.yaml").write_text(
        "flow: plain:answer\ndataset: plain.csv\nmetrics: [exact_match]\n"
        "gates: [{metric: exact_match, at_least: 0.9}]\n",
        "utf-8",
    )
    labels = "".join(f"c{place},{each}\n" for place, each in enumerate(expected))
    (library.root / "labels.csv").write_text(f"id,label\n{labels}", "utf-8")
    library.ok("trust", "--yes")
    library.ok("eval", "plain")
    library.ok("judge", "calibrate", "plain:exact_match", "--labels", "labels.csv", "--random")
    repository.commit()
    repository.branch("forget", {name: None})
    done = library("gate", "plain", "--against", "git:main", "--json")
    told = json.loads(done.out)
    assert (done.code, told["verdicts"][0]["calibration"]) == (1, "calibrated"), done.err
    assert f"this branch changes {name}: main's still counts" in told["against"]
