import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal


def test_a_new_project_works_at_once(tmp_path: Path) -> None:
    first = Terminal(tmp_path)("init", "mine")
    assert first.code == 0
    assert first.err.endswith("next: cd mine && genaiops gate assistant\n")
    mine = Terminal(tmp_path / "mine")
    checked = mine("check")
    assert checked.err.splitlines()[-1].startswith("0 errors, ")
    warned = [line for line in checked.out.splitlines() if "warning" in line]
    assert all("these weights are not here yet" in line for line in warned)
    done = mine("gate", "assistant")
    assert done.code == 0
    assert "no baseline yet; to accept this run: genaiops baseline accept assistant-1" in done.err
    mine.ok("baseline", "accept", "assistant-1")
    assert mine.ok("gate", "assistant").startswith("PASS  assistant")


def test_a_project_is_not_written_over(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.ok("init", "--name", "ours")
    assert "ours" in (tmp_path / "genaiops.yaml").read_text("utf-8")
    done = terminal("init")
    assert done.code == 2
    assert "nothing was written" in done.err


APP = """\
from facts import FACTS


def answer(question: str) -> str:
    print("looking up", question)
    return FACTS.get(question, "I do not know that.")
"""


def with_app(folder: Path) -> Terminal:
    """An app that knows all but one of thirty facts, and a question about each."""
    facts = {f"What is fact {n}?": f"Fact {n} is known to all of us." for n in range(30)}
    known = dict(list(facts.items())[:29])
    (folder / "app.py").write_text(APP, "utf-8")
    (folder / "facts.py").write_text(f"FACTS = {known!r}\n", "utf-8")
    rows = "".join(f"{question},{fact}\n" for question, fact in facts.items())
    (folder / "questions.csv").write_text(f"question,expected\n{rows}", "utf-8")
    return Terminal(folder)


def test_an_evaluation_of_ones_own_function_is_written_and_works(tmp_path: Path) -> None:
    terminal = with_app(tmp_path)
    begun = terminal("init", "--from", "app:answer", "-d", "questions.csv")
    assert begun.code == 0
    assert begun.out == "evals/app.yaml  metrics and gates for 30 cases; it explains itself\n"
    assert begun.err == (
        "  your Python files here are trusted as you edit them; genaiops trust --forget ends that\n"
        "\nnext: genaiops gate app\n"
    )
    assert terminal("check").err.splitlines()[-1] == "0 errors, 0 warnings"
    first = terminal("gate", "app")
    assert first.code == 0, first
    assert "pass  answer_f1" in first.out
    assert "No baseline yet" in first.out
    assert "to accept this run: genaiops baseline accept app-1" in first.err
    assert first.err.startswith("looking up What is fact 0?\n")
    assert json.loads(terminal("gate", "app", "--json").out)["eval"] == "app"
    assert terminal.ok("run", "app:answer", "-i", "question=x") == "I do not know that.\n"
    terminal.ok("baseline", "accept", "app-1")
    (tmp_path / "facts.py").write_text("FACTS = {}\n", "utf-8")
    terminal.ok("trust", "--yes")
    worse = terminal("gate", "app")
    assert worse.code == 1
    assert "FAIL  answer_f1" in worse.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "app:answer"), "--from app:answer needs cases: -d questions.csv"),
        (("-d", "questions.csv"), "-d questions.csv goes with a function: --from app:answer"),
        (("--from", "ap:answer", "-d", "questions.csv"), "there is no module 'ap' for 'ap:answer'"),
        (("--from", "app:answr", "-d", "questions.csv"), "did you mean 'answer'?"),
        (("--from", "app:answer", "-d", "no.csv"), "no.csv: there is no such file"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = with_app(tmp_path)("init", *arguments)
    assert done.code == 2
    assert message in done.err
    assert not (tmp_path / "evals").exists()


def test_a_project_with_a_workflow_is_written_at_once(tmp_path: Path) -> None:
    done = Terminal(tmp_path)("init", "--ci", "github")
    assert done.code == 0
    assert done.out.endswith(".github/workflows/genaiops.yml  judges pull requests; commit it\n")
    assert (tmp_path / ".github/workflows/genaiops.yml").is_file()


def test_two_files_make_an_evaluation_of_ones_own_function_and_its_workflow(tmp_path: Path) -> None:
    terminal = with_app(tmp_path)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    terminal.ok("init", "--from", "app:answer", "-d", "questions.csv", "--ci", "github")
    new = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    new -= {path.relative_to(tmp_path).as_posix() for path in before}
    assert {path for path in new if not path.startswith(".home/")} == {
        "evals/app.yaml",
        ".github/workflows/genaiops.yml",
    }


def test_a_project_that_is_there_gets_the_workflow_alone(library: Terminal) -> None:
    done = library("init", "--ci", "gitlab")
    assert done.out == ".gitlab-ci.yml  judges pull requests; commit it\n"
    assert "GITLAB_TOKEN" in done.err
    assert library("init", "--ci", "github", "--name", "nope").code == 2
    assert not (library.root / ".github").exists()


def test_where_a_workflow_is_already_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / ".github/workflows/genaiops.yml"
    path.parent.mkdir(parents=True)
    path.write_text("mine", "utf-8")
    done = with_app(tmp_path)(
        "init", "--from", "app:answer", "-d", "questions.csv", "--ci", "github"
    )
    assert done.code == 2
    assert (path.read_text("utf-8"), (tmp_path / "evals").exists()) == ("mine", False)
