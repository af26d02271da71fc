import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from genaiops.cli.app import print_err, print_out
from genaiops.cli.door import show_json
from tests.cli.library import write_library
from tests.cli.terminal import Terminal
from tests.forge import Forge, forging


@pytest.fixture
def forge() -> Iterator[Forge]:
    with forging() as found:
        yield found


@pytest.fixture
def failing(library: Terminal) -> Terminal:
    """The library with a baseline; its prompt and its search are worse since."""
    library.ok("eval", "assistant")
    library.ok("baseline", "accept", "assistant")
    flow = library.root / "flows/assistant/flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("k: 2", "k: 0"), "utf-8")
    return library


def in_job(terminal: Terminal, forge: Forge) -> Terminal:
    """The terminal inside a job of GitHub Actions."""
    summary = terminal.root / "summary.md"
    job = {
        **forge.github(terminal.root),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_SERVER_URL": "https://github.test",
        "GITHUB_RUN_ID": "12",
    }
    return replace(terminal, environment={**terminal.environment, **job})


def test_a_job_gets_annotations_a_summary_and_one_comment(failing: Terminal, forge: Forge) -> None:
    job = in_job(failing, forge)
    for _ in range(2):
        done = job("gate", "assistant", "--comment")
        assert done.code == 1
    errors = re.findall(r"^::error file=(\S+),line=(\d+),title=answer_f1", done.err, re.MULTILINE)
    assert errors == [("evals/assistant.yaml", "5"), ("flows/assistant/flow.yaml", "1")]
    assert "the comment of the pull request is up to date" in done.err
    (comment,) = forge.comments
    # by its file: projects of one repository may have evaluations of the same name
    assert comment["body"].startswith("<!-- genaiops gate evals/assistant.yaml -->\n# FAIL")
    assert "# FAIL: assistant (blocked)" in comment["body"]
    assert "[Job](<https://github.test/team/app/actions/runs/12>)" in comment["body"]
    assert "## Cases that lost most by answer\\_f1" in comment["body"]
    assert (failing.root / "summary.md").read_text("utf-8").count("# FAIL: assistant") == 2


def test_a_fork_gets_the_summary_and_the_code_of_the_gate(failing: Terminal, forge: Forge) -> None:
    forge.refuses = 403
    done = in_job(failing, forge)("gate", "assistant", "--comment")
    assert done.code == 1
    assert "no comment: 127.0.0.1 answers 403 (Forbidden)" in done.err
    assert "the summary of the job has the report" in done.err


def test_outside_of_ci_a_comment_is_no_fault_and_nothing_is_annotated(library: Terminal) -> None:
    done = library("gate", "assistant", "--comment")
    assert done.code == 0
    assert "no comment: this is no job of GitHub Actions or GitLab CI" in done.err
    assert "::" not in done.err


def test_an_env_file_of_the_project_leads_no_token_astray(library: Terminal, forge: Forge) -> None:
    with (library.root / "genaiops.yaml").open("a", encoding="utf-8") as file:
        file.write("env_file: ci.env\n")
    lines = [f"{name}={value}" for name, value in forge.github(library.root).items()]
    (library.root / "ci.env").write_text("\n".join(lines), "utf-8")
    assert "no comment: this is no job" in library("gate", "assistant", "--comment").err
    assert forge.asked == []


def test_a_summary_that_cannot_be_written_is_noted(library: Terminal, tmp_path: Path) -> None:
    job = replace(library, environment={"GITHUB_STEP_SUMMARY": str(tmp_path)})
    done = job("gate", "assistant")
    assert done.code == 0
    assert "the summary of the job cannot be written" in done.err


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://x.test/ y", "page.html"])
def test_a_report_url_is_an_address(evaluated: Terminal, address: str) -> None:
    done = evaluated("gate", "assistant", "--run", "assistant-1", "--report-url", address)
    assert done.code == 2
    assert "begin it with https://" in done.err


def test_paths_begin_at_the_root_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "apps").mkdir()
    library = write_library(tmp_path / "apps/library")
    job = replace(library, environment={"GITHUB_ACTIONS": "true"})
    done = job("gate", "assistant")
    assert "::warning file=apps/library/evals/assistant.yaml,line=6," in done.err


def test_the_report_has_the_command_that_decides_again(evaluated: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    evaluated("gate", "assistant", "--run", "assistant-2", "--against", "assistant-1", "-o", path)
    assert "To have it again: `genaiops gate assistant --against assistant-1`" in path.read_text()


COMMANDS = (
    "::error::x",
    "  ::add-mask::x",
    "a\n::stop-commands::x",
    "a\r::error::x",
    "a ##[error]x",
    "##vso[task.setvariable variable=x]y",
)


@pytest.mark.parametrize("text", COMMANDS)
@pytest.mark.parametrize("job", ["GITHUB_ACTIONS", "TF_BUILD"])
def test_no_text_that_is_printed_is_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, job: str
) -> None:
    monkeypatch.setenv(job, "true")
    print_out(f"{text}\n")
    print_err(text)
    show_json({"answer": text})
    shown = capsys.readouterr()
    lines = (shown.out + shown.err).splitlines()
    assert [
        line for line in lines if re.match(r"\s*::", line) or re.search("##(vso)?\\[", line)
    ] == []
    assert json.loads(shown.out[shown.out.index("{") :]) == {"answer": text}


def test_outside_of_ci_texts_are_printed_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("GITHUB_ACTIONS", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    print_out("".join(COMMANDS))
    assert capsys.readouterr().out == "".join(COMMANDS)
