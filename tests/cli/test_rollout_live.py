"""Rollouts as people start, watch and end them; their traffic comes from elsewhere."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.library import write_library
from tests.cli.terminal import Terminal
from tests.cli.test_gate import set_gates
from tests.cli.test_release import PROMPT, audit, copied, created, edit, promoted, standing, words
from tests.cli.test_rollout import serve

FILE = """\
flow: flows/assistant
steps: [10, 50]
goals: [{metric: errors, margin_ratio: 2}]
guards: []
"""


def write(library: Terminal, text: str = FILE, name: str = "assistant") -> None:
    path = library.root / f"rollouts/{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Terminal, str, str]:
    """A release in production, a proven candidate, and a rollout file; only to copy."""
    library = write_library(tmp_path_factory.mktemp("rollouts"))
    set_gates(library, "{metric: answer_f1, at_least: 0.3}")
    library.ok("gate")
    stable = created(library)
    promoted(library, stable)
    edit(library, PROMPT, "Be brief.\n")
    library.ok("gate")
    write(library)
    return library, stable, created(library)


@pytest.fixture
def ready(first: tuple[Terminal, str, str], tmp_path: Path) -> tuple[Terminal, str, str]:
    library, stable, candidate = first
    return copied(library, tmp_path / "library"), stable, candidate


def start(library: Terminal, candidate: str, *more: str) -> None:
    done = library("rollout", "start", "--candidate", candidate, "--as", "ann", *more)
    assert done.code == 0, done


def test_a_rollout_begins_at_its_first_step_and_the_chain_tells(
    ready: tuple[Terminal, str, str],
) -> None:
    library, stable, candidate = ready
    done = library("rollout", "start", "--candidate", candidate, "--as", "ann")
    assert done.code == 0, done
    assert done.out.startswith(
        f"PROGRESSING  assistant-1: {candidate} beside {stable} of assistant\n"
    )
    assert "step 1 of 2, 10% of users, 0 users of the candidate so far" in words(done)
    assert "needs 10 min more and 100 more users of the candidate" in words(done)
    last = audit(library)[-1]
    assert (last["by"], last["event"]["deed"], last["event"]["weight"]) == (
        "ann",
        "rolled out",
        0.1,
    )
    assert library.ok("audit", "verify").startswith("INTACT")
    assert f"head {last['hash']}" in done.err


def test_a_flow_has_one_rollout_at_a_time(ready: tuple[Terminal, str, str]) -> None:
    library, _, candidate = ready
    start(library, candidate)
    done = library("rollout", "start", "--candidate", candidate)
    assert done.code == 2
    assert "assistant-1 of assistant is not over, and a flow has one at a time" in words(done)


def test_stable_itself_is_no_candidate(ready: tuple[Terminal, str, str]) -> None:
    library, stable, candidate = ready
    done = library("rollout", "start", "--candidate", stable)
    assert done.code == 2
    assert f"candidate and stable are the same, {stable}" in words(done)
    done = library("rollout", "start", "--candidate", candidate, "--stable", candidate)
    assert done.code == 2
    assert f"release {candidate} of assistant does not stand in production" in words(done)


def test_without_a_release_in_production_there_is_no_stable(
    ready: tuple[Terminal, str, str],
) -> None:
    library, _, candidate = ready
    (library.root / ".genaiops/releases/audit.jsonl").unlink()
    created(library)
    done = library("rollout", "start", "--candidate", candidate)
    assert done.code == 2
    assert "no release of assistant stands in production, so there is no stable" in words(done)


def test_what_may_not_get_to_production_gets_to_no_user(ready: tuple[Terminal, str, str]) -> None:
    library, _, candidate = ready
    policy = "name: l\nreleases: {roles: {owner: [bob]}, production: {approvals: [owner]}}\n"
    (library.root / "genaiops.yaml").write_text(policy)
    done = library("rollout", "start", "--candidate", candidate)
    assert done.code == 3
    assert "OPEN the candidate may not get to users" in words(done)
    assert "nobody approved as owner (bob)" in words(done)
    assert library("rollout", "list").out == "no rollout was started: genaiops rollout start\n"
    library.ok("release", "approve", candidate, "--to", "production", "--as", "bob")
    start(library, candidate)


def test_an_edited_file_of_the_shelf_is_told(ready: tuple[Terminal, str, str]) -> None:
    library, _, candidate = ready
    digest = json.loads(library.ok("release", "show", candidate, "--json"))["files"][PROMPT]
    (file,) = (library.root / ".genaiops/releases/files").rglob(f"*{digest[2:]}*")
    file.chmod(0o644)
    file.write_text("Answer as you like.")
    done = library("rollout", "start", "--candidate", candidate)
    assert done.code == 4
    assert f"release {candidate} is no longer what was created" in words(done)


def test_a_plan_that_reaches_no_verdict_starts_only_if_that_is_said(
    ready: tuple[Terminal, str, str],
) -> None:
    library, _, candidate = ready
    few = ("--candidate", candidate, "--traffic", "1/d")
    done = library("rollout", "start", *few)
    assert done.code == 2
    assert "likely to end without a verdict" in words(done)
    assert "--anyway starts it as it is" in words(done)
    assert library("rollout", "start", *few, "--anyway").code == 0


def test_a_plan_is_checked_by_the_traffic_that_was_measured(
    ready: tuple[Terminal, str, str],
) -> None:
    library, _, candidate = ready
    serve(library, 150, timedelta(days=6))
    done = library("rollout", "start", "--candidate", candidate)
    assert done.code == 2
    assert "24 requests and 12 new users a day, as measured in the last 6 d" in words(done)
    assert "likely to end without a verdict" in words(done)
    assert "--anyway starts it as it is" in words(done)
    done = library("rollout", "start", "--candidate", candidate, "--traffic", "300/min")
    assert done.code == 0
    assert "checked the plan by 300 requests and 120 new users a minute" in words(done)


def test_people_pause_resume_and_abort_and_stable_stands(ready: tuple[Terminal, str, str]) -> None:
    library, stable, candidate = ready
    start(library, candidate)
    done = library("rollout", "pause", "--as", "bob", "--reason", "a look at answers")
    assert (done.code, done.out.split()[0]) == (0, "HELD")
    assert library("rollout", "status").code == 3
    assert library("rollout", "pause").code == 2
    assert library.ok("rollout", "resume", "--as", "bob").startswith("PROGRESSING")
    assert library("rollout", "status").code == 0
    done = library("rollout", "abort", "--as", "eve", "--reason", "a complaint")
    assert done.out.startswith("ROLLED BACK  assistant-1")
    assert library("rollout", "status", "--json").code == 1
    assert library("rollout", "resume").code == 2
    assert standing(library) == stable
    told = [(each["by"], each["event"]["reason"]) for each in audit(library)][-4:]
    assert told[0] == ("bob", "paused at 10% of users: a look at answers")
    assert told[2] == ("eve", "rolled back: a complaint")
    assert told[3][1] == f"release {stable} of assistant stands in production, as before"
    assert library("rollout", "replay").code == 0
    start(library, candidate)
    assert library.ok("rollout", "list").splitlines()[1].startswith("assistant-2  progressing")


def test_a_rollout_is_read_and_ended_while_files_of_the_project_are_broken(
    ready: tuple[Terminal, str, str],
) -> None:
    library, stable, candidate = ready
    start(library, candidate)
    (library.root / "genaiops.yaml").write_text("nmae: library\n", "utf-8")
    write(library, "steps: [0]\n")
    assert library("rollout", "promote").code == 2
    assert library.ok("rollout", "status").startswith("PROGRESSING")
    assert library.ok("rollout", "explain").startswith("PROGRESSING")
    assert library.ok("rollout", "abort").startswith("ROLLED BACK")
    assert library.ok("rollout", "replay").endswith("every decision\n")
    assert library.ok("rollout", "list").splitlines()[1].startswith("assistant-1  rolled back")
    library.ok("rollout", "report", "-o", "report.html")
    assert standing(library) == stable


def test_a_rollout_file_that_is_broken_stops_what_is_said_of_it_and_nothing_else(
    ready: tuple[Terminal, str, str],
) -> None:
    library, _, candidate = ready
    write(library, "flow: flows/other\nsteps: [0]\n", "other")
    assert created(library) == candidate
    promoted(library, candidate, "staging")
    done = library("rollout", "start", "other", "--candidate", candidate)
    assert (done.code, "rollouts/other.yaml" in done.err) == (2, True)
    assert "which rollout? There are assistant, other" in words(
        library("rollout", "start", "--candidate", candidate)
    )
    start(library, candidate, "assistant")
    library.ok("rollout", "promote")
    assert standing(library) == candidate
    done = library("check")
    assert (done.code, "rollouts/other.yaml:2:9: " in done.out) == (2, True)
    (library.root / "evals/assistant.yaml").write_text("flow: [\n", "utf-8")
    told = library("check").out
    assert "rollouts/other.yaml" in told
    assert "evals/assistant.yaml" in told


def test_a_person_may_promote_and_the_release_moves(ready: tuple[Terminal, str, str]) -> None:
    library, _, candidate = ready
    start(library, candidate)
    done = library("rollout", "promote", "--as", "ann", "--reason", "urgent")
    assert done.out.startswith("PROMOTED  assistant-1"), done
    assert "urgent (not proven: errors)" in words(done)
    assert standing(library) == candidate
    moved = [each["event"] for each in audit(library) if each["event"]["deed"] == "promoted"][-1]
    assert (moved["release"], moved["reason"]) == (candidate, "urgent (not proven: errors)")
    assert json.loads(library.ok("rollout", "status", "--json"))["word"] == "promoted"


@pytest.mark.slow
def test_of_two_operators_one_wins_and_the_other_is_told_who(
    ready: tuple[Terminal, str, str],
) -> None:
    library, _, candidate = ready
    start(library, candidate)
    command = [sys.executable, "-m", "genaiops", "rollout", "abort", "--as"]
    environment = {**os.environ, "HOME": str(library.root)}
    both = [
        subprocess.Popen(  # noqa: S603  our own command
            [*command, name], cwd=library.root, env=environment, stderr=subprocess.PIPE, text=True
        )
        for name in ("ann", "bob")
    ]
    told = {
        name: process.communicate(timeout=60)[1]
        for name, process in zip(("ann", "bob"), both, strict=True)
    }
    assert sorted(process.returncode for process in both) == [0, 2], told
    winner, loser = ("ann", "bob") if both[0].returncode == 0 else ("bob", "ann")
    assert (
        f"rolled back (aborted by {winner})" in told[loser] or f"{winner} was first" in told[loser]
    )
    ends = [each["by"] for each in audit(library) if each["event"].get("weight") == 0]
    assert ends == [winner, "rollout assistant-1"]


def test_explain_says_with_numbers_what_would_change(ready: tuple[Terminal, str, str]) -> None:
    library, _, candidate = ready
    start(library, candidate)
    done = library("rollout", "explain")
    assert done.code == 0
    told = words(done)
    assert "- errors: 3 more users of the candidate with a bad event, and none of stable," in told
    assert "errors: a proof needs bad events of stable to compare with" in told


def test_unknown_rollouts_are_told_with_the_nearest(ready: tuple[Terminal, str, str]) -> None:
    library, _, candidate = ready
    assert "no rollout was started yet" in words(library("rollout", "status"))
    start(library, candidate)
    done = library("rollout", "status", "asistant-1")
    assert done.code == 2
    assert "unknown rollout that was started 'asistant-1'" in words(done)


def test_a_service_of_ones_own_needs_no_release(ready: tuple[Terminal, str, str]) -> None:
    library, _, _ = ready
    write(library, "flow: external\nsteps: [50]\ngoals: [{metric: bad, margin_ratio: 2}]\n", "shop")
    start(library, "v2", "shop")
    done = library("rollout", "abort", "shop", "--as", "ann")
    assert done.out.startswith("ROLLED BACK  shop-1: v2 beside stable of external:shop")
    assert audit(library)[-1]["event"]["reason"] == "the service is to send all users to stable"
