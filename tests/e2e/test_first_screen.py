"""The first ten minutes: two prompts, a CSV and an endpoint, in a folder that was empty before."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.e2e.recorded_server import replaying

FILES = Path(__file__).parent / "first_screen"
COMPARE = ("-p", "terse.md", "-p", "expert.md", "-m", "openai:qwen2.5-coder-0.5b")
DATA = ("-d", "questions.csv")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with replaying(FILES / "answers.jsonl") as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path, url: str) -> Terminal:
    for name in ("terse.md", "expert.md", "questions.csv"):
        shutil.copy(FILES / name, tmp_path)
    return Terminal(tmp_path, {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": ""})


def test_two_prompts_on_a_table_are_compared_by_one_command(folder: Terminal) -> None:
    done = folder("eval", *COMPARE, *DATA, "-o", "out.html")
    assert done.code == 0
    assert "wrote out.html" in done.err.splitlines()
    lines = done.out.splitlines()
    assert lines[0] == "expert is proven worse than terse on 30 cases: -23.3 points [-39.5, -7.1]."
    assert [line.split()[:2] for line in lines[3:5]] == [["1", "terse"], ["2", "expert"]]
    assert "1 x failed: length" in done.out
    assert max(map(len, lines)) <= 80
    page = (folder.root / "out.html").read_text("utf-8")
    assert "What is the capital of Australia?" in page


def test_nothing_is_left_in_the_folder_that_git_would_take(folder: Terminal) -> None:
    before = {path.name for path in folder.root.iterdir()}
    folder.ok("eval", *COMPARE, *DATA)
    assert {path.name for path in folder.root.iterdir()} - before == {".genaiops"}
    assert (folder.root / ".genaiops" / ".gitignore").read_text("utf-8") == "*\n"


def test_a_second_time_asks_nothing_again(folder: Terminal) -> None:
    folder.ok("eval", *COMPARE, *DATA)
    run = json.loads(folder.ok("eval", *COMPARE[2:], *DATA, "--json"))
    assert (run["made_calls"], run["reused_calls"]) == (0, 30)


def test_runs_of_an_empty_folder_can_be_listed_and_compared(folder: Terminal) -> None:
    folder.ok("eval", *COMPARE, *DATA)
    assert "questions-2" in folder.ok("runs", "list")
    assert "23 answers changed" in folder.ok("diff", "questions-1", "questions-2")


def test_what_is_saved_gives_the_same_numbers_by_its_files(folder: Terminal) -> None:
    first = folder("eval", *COMPARE, *DATA, "--save", "kept")
    home = {"XDG_CONFIG_HOME": str(folder.root / ".home")}
    kept = Terminal(folder.root / "kept", {**folder.environment, **home})
    said = first.err.split("the same again: cd kept; genaiops ")[1].splitlines()[0]
    assert kept.ok(*said.split()).splitlines()[0] == first.out.splitlines()[0]
    assert "0 errors" in kept("check").err + kept("check").out
    refused = folder("eval", *COMPARE, *DATA, "--save", "kept")
    assert refused.code == 2
    assert "nothing was written" in refused.err
    refused = folder("eval", *COMPARE, *DATA, "--save", "terse.md")
    assert refused.err.endswith("--save terse.md: is a file; name a folder\n")


def test_without_expected_answers_nothing_is_claimed(folder: Terminal) -> None:
    lines = (folder.root / "questions.csv").read_text("utf-8").splitlines()
    plain = "".join(f"{line.rpartition(',')[0]}\n" for line in lines)
    (folder.root / "plain.csv").write_text(plain, "utf-8")
    out = folder.ok("eval", *COMPARE, "-d", "plain.csv")
    assert "nothing is claimed" in " ".join(out.split())
    assert "proven" not in out


def test_one_case_proves_nothing(folder: Terminal) -> None:
    out = folder.ok("eval", *COMPARE, *DATA, "-n", "1")
    assert "Nothing can be proven on one case." in out


def test_identical_prompts_are_told(folder: Terminal) -> None:
    shutil.copy(folder.root / "terse.md", folder.root / "same.md")
    done = folder("eval", *COMPARE, "-p", "same.md", *DATA)
    assert "terse and same are the same prompt" in done.err


def test_a_missing_key_is_told_before_anything_is_sent(folder: Terminal) -> None:
    folder.environment["OPENAI_BASE_URL"] = "https://far.example/v1"
    done = folder("eval", *COMPARE, *DATA)
    assert done.code == 2
    assert "needs the environment variable OPENAI_API_KEY, which is not set" in done.err


def test_a_model_that_fails_stays_in_the_table(folder: Terminal) -> None:
    folder.environment["OPENAI_BASE_URL"] += "/nowhere"
    done = folder("compare", "-p", "terse.md", *COMPARE[4:], "-m", "extractive", *DATA)
    assert done.code == 4
    assert "openai:qwen2.5-coder-0.5b failed: none of 30 cases could be scored" in " ".join(
        done.out.split()
    )


def test_where_no_arm_answered_a_case_the_command_failed(folder: Terminal) -> None:
    for name in ("terse.md", "expert.md"):
        (folder.root / name).write_text("{{ question.nothing }}", "utf-8")
    for command in ("eval", "compare"):
        done = folder(command, *COMPARE, *DATA)
        assert done.code == 4, done
        assert "error: no arm answered a case: " in done.err
