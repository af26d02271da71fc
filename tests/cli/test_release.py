"""A release from its creation into production and back, as people and CI go through it."""

import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.library import write_library
from tests.cli.terminal import Done, Terminal
from tests.cli.test_gate import set_gates
from tests.repository import Repository

PROMPT = "flows/assistant/answer.md"
POLICY = """\
name: library
releases:
  roles: {owner: [ann, bob], legal: [eve]}
  production: {approvals: [owner, legal]}
"""


@pytest.fixture(scope="module")
def first_proven(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The library with a run that passes; only to copy."""
    library = write_library(tmp_path_factory.mktemp("proven"))
    set_gates(library, "{metric: answer_f1, at_least: 0.3}")
    library.ok("gate")
    return library


@pytest.fixture(scope="module")
def first_two(
    first_proven: Terminal, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Terminal, str, str]:
    """Two releases that were in production one after the other; only to copy."""
    library = copied(first_proven, tmp_path_factory.mktemp("two"))
    first = created(library)
    promoted(library, first)
    edit(library, PROMPT, "Be brief.\n")
    library.ok("gate")
    second = created(library)
    promoted(library, second)
    return library, first, second


@pytest.fixture
def proven(first_proven: Terminal, tmp_path: Path) -> Terminal:
    """The library with a run that passes."""
    return copied(first_proven, tmp_path / "library")


@pytest.fixture
def two(first_two: tuple[Terminal, str, str], tmp_path: Path) -> tuple[Terminal, str, str]:
    """Two releases that were in production one after the other."""
    library, first, second = first_two
    return copied(library, tmp_path / "library"), first, second


def copied(library: Terminal, root: Path) -> Terminal:
    shutil.copytree(library.root, root, dirs_exist_ok=True)
    return Terminal(root)


def created(library: Terminal, *arguments: str) -> str:
    out = library.ok("release", "create", "assistant", "--as", "ann", "--json", *arguments)
    return json.loads(out)["release"]["id"]


def promoted(library: Terminal, release: str, stage: str = "production") -> Done:
    done = library("release", "promote", release, "--to", stage, "--as", "ann")
    assert done.code == 0, done
    return done


def edit(library: Terminal, name: str, text: str) -> None:
    with (library.root / name).open("a", encoding="utf-8") as file:
        file.write(text)


def standing(library: Terminal, stage: str = "production") -> str | None:
    rows = library.ok("release", "list").splitlines()
    return next((row.split()[0] for row in rows if stage in row), None)


def words(done: Done) -> str:
    return " ".join((done.out + done.err).split())


def audit(library: Terminal) -> list[dict[str, Any]]:
    return json.loads(library.ok("audit", "show", "--json"))


def test_what_stands_there_already_is_told_as_json_too(two: tuple[Terminal, str, str]) -> None:
    library, _, second = two
    promote = ("release", "promote", second, "--to", "production", "--json")
    for command in (promote, ("release", "rollback", "--to", second, "--json")):
        done = library(*command)
        assert (done.code, json.loads(done.out)) == (0, {"refusal": None, "record": None})
        assert "stands in production already" in done.err


def test_the_same_inputs_give_the_same_release_and_are_recorded_once(proven: Terminal) -> None:
    first = created(proven)
    again = proven("release", "create", "flows/assistant", "--as", "bob")
    assert f"release {first} of assistant" in again.out
    assert "the same release with the same evidence is there already" in again.err
    assert [record["by"] for record in audit(proven)] == ["ann"]


def test_a_release_tells_the_commit_that_it_was_created_of(proven: Terminal) -> None:
    repository = Repository.begin(proven.root)
    release = created(proven)
    commit = repository.git("rev-parse", "HEAD")
    assert audit(proven)[-1]["event"]["revision"] == commit
    assert f"at commit {commit[:12]}" in words(proven("release", "show", release))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (PROMPT, "Be brief.\n"),
        ("flows/assistant/data.csv", "a,b\n"),
        ("evals/assistant.yaml", "seed: 3\n"),
        ("indexes/handbook.yaml", "# why\n"),
    ],
)
def test_another_file_is_another_release(proven: Terminal, name: str, text: str) -> None:
    first = created(proven)
    edit(proven, name, text)
    assert created(proven) != first


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("catalog.yaml", "# a word\n"),
        ("README.md", "# another\n"),
        ("flows/assistant/__pycache__/x.pyc", "x"),
    ],
)
def test_what_decides_no_answer_is_no_part_of_a_release(
    proven: Terminal, name: str, text: str
) -> None:
    first = created(proven)
    (proven.root / name).parent.mkdir(exist_ok=True)
    edit(proven, name, text)
    assert created(proven) == first


def test_a_release_is_promoted_on_evidence_that_passes(proven: Terminal) -> None:
    release = created(proven)
    done = promoted(proven, release[:6], "staging")
    assert done.out == f"ann promoted {release} of assistant to staging\n"
    head = done.err.split()[-1]
    assert (standing(proven, "staging"), audit(proven)[-1]["hash"]) == (release, head)
    again = promoted(proven, release, "staging")
    assert "nothing was done" in again.err
    assert len(audit(proven)) == 2


@pytest.mark.parametrize(
    ("k", "gate", "word", "code"),
    [
        (0, "{metric: answer_f1, at_least: 0.5}", "FAIL", 1),
        (2, "{metric: groundedness, at_least: 0.95, on_inconclusive: allow}", "OPEN", 3),
    ],
)
def test_a_release_with_other_evidence_stays_where_it_is(
    library: Terminal, k: int, gate: str, word: str, code: int
) -> None:
    flow = library.root / "flows/assistant/flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("k: 2", f"k: {k}"), "utf-8")
    set_gates(library, gate)
    library("gate")
    release = created(library)
    done = library("release", "promote", release, "--to", "production")
    assert (done.out.split()[0], done.code) == (word, code), done
    assert [record["event"]["deed"] for record in audit(library)] == ["created"]


def test_without_a_run_of_what_is_there_now_nothing_is_proven(proven: Terminal) -> None:
    edit(proven, PROMPT, "Be brief.\n")
    made = proven("release", "create", "assistant", "--as", "ann")
    assert "NO EVIDENCE assistant" in words(made)
    told = "assistant: run assistant-1 is of another prompt flows/assistant/answer.md"
    assert told in words(made)
    release = made.out.split()[1]
    done = proven("release", "promote", release, "--to", "staging")
    assert (done.code, "no run is evidence; genaiops gate assistant" in words(done)) == (3, True)
    proven.ok("gate")
    assert created(proven) == release
    promoted(proven, release)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"digests": {}}, "the record of run assistant-1 was changed"),
        ({"digest": "0" * 64}, "the record of run assistant-1 was changed"),
        ({"scored": 11, "errored": 0}, "the counts of run assistant-1 do not add up"),
    ],
)
def test_a_run_whose_record_was_forged_is_no_evidence(
    proven: Terminal, what: dict[str, object], told: str
) -> None:
    with sqlite3.connect(proven.root / ".genaiops/store.sqlite") as store:
        (text,) = store.execute("SELECT record FROM runs").fetchone()
        forged = json.dumps({**json.loads(text), **what})
        store.execute("UPDATE runs SET record = ?", (forged,))
    made = proven("release", "create", "assistant", "--as", "ann")
    assert told in words(made)
    assert "NO EVIDENCE" in made.out


def test_runs_that_were_drawn_again_are_counted(proven: Terminal) -> None:
    proven.ok("gate")
    assert "assistant-2, newest of 2 runs" in proven.ok("release", "create", "assistant")


def test_a_red_team_that_has_no_gates_of_its_own_is_told_to_be_no_evidence(
    proven: Terminal,
) -> None:
    proven("redteam", "assistant", "-n", "2", "-i", "tone={}")
    done = proven("release", "create", "assistant")
    assert "run redteam-2 is no evidence: genaiops redteam --save" in words(done)
    proven.ok("redteam", "assistant", "-n", "2", "-i", "tone={}", "--save")
    assert "INCONCLUSIVE redteam: " in words(proven("release", "create", "assistant"))


def test_a_stage_that_asks_for_people_waits_for_each_of_them(proven: Terminal) -> None:
    (proven.root / "genaiops.yaml").write_text(POLICY, "utf-8")
    release = created(proven)
    promoted(proven, release, "staging")
    to_production = ("release", "promote", release, "--to", "production", "--as", "ann")
    approve = ("release", "approve", release, "--to", "production")
    done = proven(*to_production)
    assert done.code == 3
    assert "nobody approved as owner (bob) nobody approved as legal (eve)" in words(done)
    own = proven(*approve, "--as", "ann")
    assert (own.code, "'ann' created release" in own.err) == (2, True)
    proven.ok(*approve, "--as", "bob", "--reason", "read the answers")
    assert "as owner: read the answers" in proven.ok("release", "show", release)
    again = proven(*approve, "--as", "bob")
    assert (again.code, "'bob' approved release" in again.err) == (2, True)
    proven.ok(*approve, "--as", "eve")
    assert proven(*to_production).code == 0
    assert audit(proven)[-1]["event"]["roles"] == ["owner", "legal"]


def test_an_approval_is_of_the_evidence_that_was_there(proven: Terminal) -> None:
    (proven.root / "genaiops.yaml").write_text(POLICY, "utf-8")
    release = created(proven)
    for name in ("bob", "eve"):
        proven.ok("release", "approve", release, "--to", "production", "--as", name)
    proven.ok("gate")
    assert created(proven) == release
    done = proven("release", "promote", release, "--to", "production")
    assert (done.code, "nobody approved as owner" in done.out) == (3, True)


@pytest.mark.parametrize(
    ("was", "said", "told"),
    [
        ("[owner, legal]", "[owner, owner]", "genaiops.yaml:4:16: 'owner' stands here 2 times"),
        ("[ann, bob]", "[ann, bob, ann]", "genaiops.yaml:3:11: 'ann' stands here 2 times"),
        ("[owner, legal]", "[ownr]", "unknown role 'ownr'"),
    ],
    ids=str,
)
def test_a_policy_that_cannot_be_meant_is_refused_with_its_place(
    proven: Terminal, was: str, said: str, told: str
) -> None:
    (proven.root / "genaiops.yaml").write_text(POLICY.replace(was, said), "utf-8")
    done = proven("check")
    assert (done.code, told in words(done)) == (2, True)


def test_editing_files_after_the_approval_changes_nothing_in_the_release(
    proven: Terminal,
) -> None:
    release = created(proven)
    edit(proven, PROMPT, "Ignore what was approved.\n")
    promoted(proven, release)
    told = proven.ok("release", "verify", release)
    assert f"ok  release {release}" in told
    assert f"the project has changed since: {PROMPT}" in told


def test_a_record_that_was_removed_whole_is_missed(proven: Terminal) -> None:
    created(proven)
    (proven.root / ".genaiops/releases/audit.jsonl").unlink()
    done = proven("audit", "verify")
    assert done.code == 1
    assert "BROKEN" in done.out
    assert "there is no record, but files of releases are kept" in words(done)


def test_a_release_of_a_flow_that_is_gone_is_verified(proven: Terminal) -> None:
    release = created(proven)
    shutil.rmtree(proven.root / "flows/assistant")
    (proven.root / "evals/assistant.yaml").unlink()
    told = " ".join(proven.ok("release", "verify", release).split())
    assert f"ok release {release} of assistant" in told
    assert "flows/assistant/flow.yaml" in told.split("the project has changed since:")[1]


def test_a_file_that_was_changed_on_the_shelf_is_never_promoted(proven: Terminal) -> None:
    release = created(proven)
    sha256 = json.loads(proven.ok("release", "show", release, "--json"))["files"][PROMPT]
    path = proven.root / ".genaiops/releases/files" / sha256[:2] / sha256
    path.write_text("Ignore what was approved.\n", "utf-8")
    done = proven("release", "promote", release, "--to", "production")
    assert (done.code, f"{PROMPT} was changed on the shelf" in words(done)) == (4, True)
    done = proven("release", "verify", release)
    assert (done.code, f"not ok release {release}" in words(done)) == (1, True)


def test_verify_says_of_a_release_that_was_changed_itself_what_it_says_of_its_files(
    proven: Terminal,
) -> None:
    release = created(proven)
    bundle = audit(proven)[-1]["event"]["bundle"]
    path = proven.root / ".genaiops/releases/files" / bundle[:2] / bundle
    path.write_text(path.read_text("utf-8").replace("extractive", "generative"), "utf-8")
    done = proven("release", "verify", release)
    assert (done.code, f"not ok release {release} of assistant" in words(done)) == (1, True)
    assert f"release {release} was changed on the shelf" in words(done)
    path.unlink()
    done = proven("release", "verify", release, "--json")
    assert (done.code, json.loads(done.out)["ok"]) == (1, False)


def test_a_rollback_goes_back_and_then_further(two: tuple[Terminal, str, str]) -> None:
    library, first, second = two
    done = library("release", "rollback", "--as", "bob", "--reason", "worse on fees")
    told = f"bob rolled back to {first} of assistant in production, in place of {second}"
    assert (done.code, done.out) == (0, f"{told}: worse on fees\n")
    assert standing(library) == first
    done = library("release", "rollback")
    assert (done.code, "is the first of assistant that stood in production" in words(done)) == (
        2,
        True,
    )
    library.ok("release", "rollback", "--to", second)
    assert standing(library) == second


def test_a_rollback_needs_no_evidence_no_approval_no_whole_chain_and_no_valid_project(
    two: tuple[Terminal, str, str],
) -> None:
    library, first, _ = two
    (library.root / "genaiops.yaml").write_text(POLICY, "utf-8")
    (library.root / "evals/assistant.yaml").write_text("flow: [", "utf-8")
    chain = library.root / ".genaiops/releases/audit.jsonl"
    chain.write_bytes(chain.read_bytes().replace(b'"by":"ann"', b'"by":"eve"', 1))
    invalid = library("release", "promote", first, "--to", "production")
    assert (invalid.code, "evals/assistant.yaml:2:1: not YAML" in invalid.err) == (2, True)
    library.ok("release", "rollback", "--to", first)
    assert standing(library) == first
    (library.root / "evals/assistant.yaml").unlink()
    refused = library("release", "promote", first, "--to", "production")
    assert (refused.code, "record 1 was changed after it was written" in words(refused)) == (
        4,
        True,
    )
    broken = library("audit", "verify")
    assert (broken.code, "record 1 was changed" in broken.out) == (1, True)


def test_numbers_of_records_that_were_changed_are_in_no_rollbacks_way(
    two: tuple[Terminal, str, str],
) -> None:
    library, first, _ = two
    chain = library.root / ".genaiops/releases/audit.jsonl"
    last = str(len(audit(library))).encode()
    changed = chain.read_bytes().replace(b'"generation":' + last, b'"generation":99')
    chain.write_bytes(changed)
    library.ok("release", "rollback")
    assert standing(library) == first


def test_only_what_stood_there_is_gone_back_to(proven: Terminal) -> None:
    release = created(proven)
    done = proven("release", "rollback", "--to", release)
    assert (done.code, f"release {release} never stood in production" in words(done)) == (2, True)
    done = proven("release", "rollback")
    assert (done.code, "no release of assistant ever stood in production" in words(done)) == (
        2,
        True,
    )
    done = proven("release", "rollback", release[:6])
    told = f"{release[:6]!r} is a release: genaiops release rollback --to {release}"
    assert (done.code, told in words(done)) == (2, True)
    done = proven("release", "rollback", "asistant", "--to", release)
    assert (done.code, "unknown flow with releases 'asistant'" in words(done)) == (2, True)
    none = proven("release", "rollback", "-c", str(_empty(proven)))
    assert (none.code, "there is no release to go back to" in none.err) == (2, True)


def _empty(library: Terminal) -> Path:
    folder = library.root / "empty"
    folder.mkdir()
    (folder / "genaiops.yaml").write_text("name: empty\n", "utf-8")
    return folder


def test_who_saw_an_older_state_is_told_who_was_first(two: tuple[Terminal, str, str]) -> None:
    library, first, second = two
    seen = str(len(audit(library)))
    library.ok("release", "rollback", "--as", "ann", "--seen", seen)
    done = library("release", "rollback", "--to", first, "--as", "bob", "--seen", seen)
    assert done.code == 0  # it stands there already, so nobody is in the way
    late = library("release", "promote", second, "--to", "production", "--seen", seen)
    assert (late.code, "ann was first" in late.err, first in late.err) == (2, True, True)
    future = library("release", "promote", second, "--to", "production", "--seen", "99")
    assert (future.code, "there is no record 99 yet" in future.err) == (2, True)
    assert standing(library) == first


@pytest.mark.slow
def test_of_two_commands_at_once_one_wins_and_the_other_is_told_who(
    two: tuple[Terminal, str, str],
) -> None:
    library, first, _ = two
    edit(library, PROMPT, "Be kind.\n")
    library.ok("gate")
    third = created(library)
    seen = ("--seen", str(len(audit(library))))
    program = [sys.executable, "-m", "genaiops", "release"]
    lines = {
        "ann": [*program, "rollback", "--to", first, "--as", "ann", *seen],
        "bob": [*program, "promote", third, "--to", "production", "--as", "bob", *seen],
    }
    both = {
        name: subprocess.Popen(  # noqa: S603  our own
            line, cwd=library.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for name, line in lines.items()
    }
    told = {name: process.communicate()[1] for name, process in both.items()}
    winner = audit(library)[-1]["by"]
    (loser,) = both.keys() - {winner}
    assert {name: process.returncode for name, process in both.items()} == {winner: 0, loser: 2}
    release = {"ann": first, "bob": third}[winner]
    assert f"{winner} was first. Release {release} of assistant" in told[loser]
    assert (len(audit(library)), standing(library)) == (int(seen[1]) + 1, release)


def test_a_diff_shows_what_would_change_in_production(two: tuple[Terminal, str, str]) -> None:
    library, first, second = two
    library.ok("release", "rollback")
    told = library.ok("release", "diff", second)
    assert told.startswith(f"{first} -> {second} of assistant\n~ {PROMPT}\n")
    assert "    +Be brief.\n" in told
    assert "nothing differs" in library.ok("release", "diff", first, first)
    found = json.loads(library.ok("release", "diff", second, first, "--json"))
    assert [change["name"] for change in found["parts"]] == [f"prompt {PROMPT}"]


def test_another_project_file_does_not_say_who_approves(proven: Terminal) -> None:
    (proven.root / "loose.yaml").write_text("name: library\n", "utf-8")
    release = created(proven)
    for deed in ("promote", "approve"):
        done = proven("release", deed, release, "--to", "production", "-c", "loose.yaml")
        told = "who approves of releases is told by genaiops.yaml, not by loose.yaml"
        assert (done.code, told in words(done)) == (2, True)
    assert standing(proven) is None


def test_names_of_files_are_shown_without_escapes_on_one_line(
    two: tuple[Terminal, str, str],
) -> None:
    library, *_ = two
    (library.root / "flows/assistant/\x1b[31mred\n.csv").write_text("a\n", "utf-8")
    release = created(library)
    assert "  flows/assistant/red .csv\n" in library.ok("release", "show", release)
    assert "+ flows/assistant/red .csv\n" in library.ok("release", "diff", release)


def test_only_what_is_asked_has_to_pass_and_what_is_left_out_is_told(proven: Terminal) -> None:
    spec = (proven.root / "evals/assistant.yaml").read_text("utf-8")
    (proven.root / "evals/other.yaml").write_text(spec, "utf-8")
    (proven.root / "evals/blind.yaml").write_text(f"{spec}variant: blind\n", "utf-8")
    whole = created(proven)
    done = proven("release", "promote", whole, "--to", "staging")
    assert (done.code, "other: no run is evidence" in words(done)) == (3, True)
    release = created(proven, "--eval", "assistant")
    assert release != whole
    promoted(proven, release)
    assert "left out: other" in proven.ok("release", "show", release)
    done = proven("release", "create", "assistant", "--eval", "blind")
    assert (done.code, "'blind' is of the variant blind: it proves nothing" in words(done)) == (
        2,
        True,
    )


def test_a_flow_that_nothing_is_proven_of_stays_where_it_is(proven: Terminal) -> None:
    shutil.copytree(proven.root / "flows/assistant", proven.root / "flows/other")
    made = proven("release", "create", "other", "--json")
    release = json.loads(made.out)["release"]["id"]
    done = proven("release", "promote", release, "--to", "staging")
    assert (done.code, "no evaluation with gates is of other" in words(done)) == (3, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "asistant"), "did you mean 'assistant'"),
        (("create", "assistant", "--eval", "no"), "unknown evaluation 'no'"),
        (("create", "assistant", "--as", ""), "a name has 1 to 200 characters"),
        (("create", "assistant", "--as", "a\x1b[2Jnn"), "one line that can be printed"),
        (("promote", "0000", "--to", "production"), "unknown release '0000'"),
        (("promote", "0000", "--to", "moon"), "moon"),
        (("approve", "0000", "--to", "production", "--reason", " "), "a reason has 1 to 200"),
        (("diff", "0000"), "unknown release '0000'"),
    ],
)
def test_what_cannot_be_is_told(proven: Terminal, arguments: tuple[str, ...], told: str) -> None:
    done = proven("release", *arguments)
    assert (done.code, told in words(done)) == (2, True), done


def test_who_does_not_say_who_they_are_is_called_as_their_login(proven: Terminal) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        proven.environment[name] = ""
    proven.ok("release", "create", "assistant")
    assert audit(proven)[0]["by"] == pwd.getpwuid(os.getuid()).pw_name


def test_a_function_that_is_named_is_released_and_opened_where_it_is_trusted(
    proven: Terminal,
) -> None:
    (proven.root / "app.py").write_text("def answer(question): return question\n", "utf-8")
    spec = (proven.root / "evals/assistant.yaml").read_text("utf-8")
    own = spec.replace("flows/assistant", "app:answer").replace("at_least: 0.3", "at_least: 0.01")
    (proven.root / "evals/own.yaml").write_text(own.replace(", groundedness", ""), "utf-8")
    refused = proven("release", "create", "assistant", "--eval", "own")
    assert (refused.code, "'own' is of app:answer, not of assistant" in words(refused)) == (2, True)
    proven.ok("release", "create", "app:answer")
    refused = proven("release", "verify", "app:answer")
    assert (refused.code, "run the Python file app.py" in refused.err) == (5, True)
    proven.ok("trust", "--yes")
    proven.ok("gate", "own")
    proven.ok("release", "create", "app:answer")
    promoted(proven, "app:answer")
    assert proven.ok("release", "verify", "app:answer").startswith("ok")


def test_code_is_released_once_it_is_trusted(proven: Terminal) -> None:
    (proven.root / "flows/assistant/nodes.py").write_text(
        "import yaml\n\ndef clean(text):\n    return text\n", "utf-8"
    )
    flow = proven.root / "flows/assistant/flow.yaml"
    flow.write_text(
        flow.read_text("utf-8")
        .replace(
            "outputs:\n",
            'outputs:\n  clean: "${clean.output}"\n',
        )
        .replace(
            "nodes:\n",
            'nodes:\n  clean: {python: "nodes.py:clean", with: {text: "${inputs.question}"}}\n',
        ),
        "utf-8",
    )
    refused = proven("release", "create", "assistant")
    assert (refused.code, "run the Python file flows/assistant/nodes.py" in refused.err) == (
        5,
        True,
    )
    proven.ok("trust", "--yes")
    proven.ok("gate")
    release = created(proven)
    kept = json.loads(proven.ok("release", "show", release, "--json"))
    assert {"genaiops", "python", "PyYAML"} <= kept["packages"].keys()
    (proven.root / "flows/assistant/nodes.py").write_text("def clean(text): ...\n", "utf-8")
    assert "ok" in proven.ok("release", "verify", release)
