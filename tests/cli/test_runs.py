import csv
import json
import subprocess
from xml.etree import ElementTree as ET

from tests.cli.library import CASES, write_library
from tests.cli.terminal import Terminal
from tests.folders import open_folder, read_only


def test_runs_are_listed_with_the_newest_first(evaluated: Terminal) -> None:
    lines = evaluated.ok("runs", "list").splitlines()
    assert [line.split()[0] for line in lines] == ["run", "assistant-2", "assistant-1"]
    assert lines[1].endswith("  extractive, variant blind")
    assert f"{CASES}/{CASES}" in lines[1]
    assert max(map(len, lines)) <= 80
    assert evaluated("runs", "list", "--eval", "other").err == "no runs yet: genaiops eval NAME\n"
    runs = json.loads(evaluated.ok("runs", "list", "--json"))
    assert [(run["id"], run["state"], run["scored"]) for run in runs] == [
        ("assistant-2", "finished", CASES),
        ("assistant-1", "finished", CASES),
    ]


def test_a_run_is_shown_by_its_id_its_evaluation_or_last(evaluated: Terminal) -> None:
    by_id = evaluated.ok("runs", "show", "assistant-2")
    assert by_id == evaluated.ok("runs", "show", "assistant")
    assert by_id == evaluated.ok("runs", "show", "last")
    assert f"{CASES} planned = {CASES} scored + 0 errored + 0 skipped" in by_id
    prompt = "prompt flows/assistant/answer.md"
    names = ("dataset", "flow assistant", prompt, "metrics", "index handbook", "model extractive")
    for name in names:
        assert f"  {name} " in by_id


def test_a_run_of_a_repository_tells_its_commit(library: Terminal) -> None:
    git = ("git", "-C", str(library.root), "-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-q"), ("commit", "-q", "--allow-empty", "-m", "first")):
        subprocess.run([*git, *words], check=True)  # noqa: S603  our own arguments
    library.ok("eval", "assistant")
    commit = json.loads(library.ok("runs", "show", "last", "--json"))["git_commit"]
    assert f"  git commit {commit[:16]}\n".split() == next(
        line.split() for line in library.ok("runs", "show", "last").splitlines() if "commit" in line
    )


def test_a_project_in_a_read_only_folder_is_read(evaluated: Terminal) -> None:
    evaluated.ok("runs", "list")  # loads what is loaded on use, which nobody may not
    with open_folder() as folder:
        library = write_library(folder)
        library.ok("eval", "assistant", "-n", "2")
        with read_only(folder / ".genaiops"):
            assert library.ok("runs", "list").splitlines()[1].startswith("assistant-1 ")
            assert library.ok("runs", "show", "last").startswith("assistant-1  extractive")


def test_looking_leaves_no_store_behind(library: Terminal) -> None:
    library.ok("runs", "list")
    assert not (library.root / ".genaiops").exists()


def test_a_run_is_exported_by_suffix(evaluated: Terminal) -> None:
    names = ["out/r.json", "out/r.jsonl", "out/r.csv", "out/r.md", "out/r.junit.xml"]
    for name in names:
        evaluated.ok("runs", "export", "assistant-1", "-o", name)
    report, lines, table, text, tests = (evaluated.root / name for name in names)
    assert len(json.loads(report.read_text("utf-8"))["results"]) == CASES
    assert len(lines.read_text("utf-8").splitlines()) == CASES
    with table.open(encoding="utf-8", newline="") as file:
        assert [row["status"] for row in csv.DictReader(file)] == ["scored"] * CASES
    assert text.read_text("utf-8").startswith("# assistant\n")
    assert ET.parse(tests).getroot().tag == "testsuites"  # noqa: S314  we wrote it


def test_an_export_that_cannot_be_written_is_told(evaluated: Terminal) -> None:
    (evaluated.root / "file").touch()
    done = evaluated("runs", "export", "assistant-1", "-o", "file/report.md")
    assert done.code == 4
    assert "file/report.md: cannot be written" in done.err
    assert evaluated("runs", "export", "assistant-1", "-o", "r.xls").code == 2


def test_a_deleted_run_is_gone_and_its_calls_stay(library: Terminal) -> None:
    library.ok("eval", "assistant")
    for answer in ("", "n\n"):
        assert library("runs", "delete", "assistant-1", stdin=answer).code == 2
    library.ok("runs", "show", "assistant-1")
    library.ok("runs", "delete", "assistant-1", "--yes")
    assert library("runs", "show", "assistant-1").code == 2
    told = library.ok("eval", "assistant")
    assert told.startswith("assistant-1")
    assert f"0 calls made, {CASES} reused" in told


def test_a_run_is_deleted_when_its_user_says_yes(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("runs", "delete", "assistant-1", stdin="y\n")
    assert library("runs", "list").out == ""
