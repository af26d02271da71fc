import asyncio
import json
import sqlite3
from contextlib import closing

import pytest

from genaiops.store import Store
from tests.cli.library import CASES, write_library
from tests.cli.terminal import Terminal
from tests.folders import open_folder, read_only

STORE = ".genaiops/store.sqlite"


def cut(library: Terminal, run: str, kept: int) -> None:
    """Leave a finished run as one that was killed after so many cases."""
    with closing(sqlite3.connect(library.root / STORE)) as connection:
        connection.execute("UPDATE runs SET state = 'running' WHERE id = ?", (run,))
        connection.execute(
            "DELETE FROM results WHERE position >= ? AND run = (SELECT seq FROM runs WHERE id = ?)",
            (kept, run),
        )
        connection.commit()


def report(library: Terminal, run: str) -> bytes:
    library.ok("runs", "export", run, "-o", "r.json")
    return (library.root / "r.json").read_bytes()


def test_a_run_goes_on_as_it_was_asked_for(library: Terminal) -> None:
    library.ok(
        "eval", "assistant", "-n", "6", "--repeats", "2", "--variant", "blind", "-m", "brief"
    )
    whole = report(library, "last")
    cut(library, "assistant-1", 2)
    done = library("eval", "--resume", "-j", "1")
    assert "going on with run assistant-1: 4 of 12 cases are done" in done.err
    assert "12 planned = 12 scored" in done.out
    assert report(library, "last") == whole
    assert len(json.loads(library.ok("runs", "list", "--json"))) == 1


@pytest.mark.parametrize("named", [(), ("assistant",), ("assistant-1",)])
def test_a_run_is_found_by_its_id_its_evaluation_or_as_the_newest(
    library: Terminal, named: tuple[str, ...]
) -> None:
    library.ok("eval", "assistant", "-n", "3")
    cut(library, "assistant-1", 1)
    library.ok("eval", "assistant", "-n", "2")
    run = json.loads(library.ok("eval", *named, "--resume", "--json"))
    assert (run["id"], run["scored"]) == ("assistant-1", 3)


def test_a_run_that_was_killed_is_listed_with_what_it_has(library: Terminal) -> None:
    library.ok("eval", "assistant", "-n", "6")
    cut(library, "assistant-1", 4)
    counts = '"scored": 6,', '"scored": 0,'
    with closing(sqlite3.connect(library.root / STORE)) as connection:
        plain = [text.replace(" ", "") for text in counts]
        connection.execute("UPDATE runs SET record = replace(record, ?, ?)", plain)
        connection.commit()
    line = library.ok("runs", "list").splitlines()[1]
    assert "4/6" in line
    assert "interrupted" in line


def test_an_arm_of_several_goes_on_alone(library: Terminal) -> None:
    library.ok("eval", "assistant", "-m", "extractive", "-m", "brief")
    cut(library, "assistant-2", 3)
    run = json.loads(library.ok("eval", "--resume", "--json"))
    assert (run["id"], run["models"], run["scored"]) == ("assistant-2", ["brief"], CASES)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("flows/assistant/answer.md", "question", "question ", "prompt flows/assistant/answer.md"),
        ("flows/assistant/flow.yaml", "k: 2", "k: 3", "flow assistant"),
        ("datasets/handbook.jsonl", "Request", "request", "dataset"),
        ("evals/assistant.yaml", "groundedness, ", "", "metrics"),
        ("evals/assistant.yaml", "slices", "seed: 7\nslices", "seed"),
        ("catalog.yaml", "sentences: 1", "sentences: 2", "model brief"),
    ],
)
def test_what_changed_since_is_told_and_the_run_refused(
    library: Terminal, file: str, old: str, new: str, told: str
) -> None:
    library.ok("eval", "assistant", "-m", "brief", "-n", "3")
    cut(library, "assistant-1", 1)
    path = library.root / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    done = library("eval", "--resume")
    assert done.code == 2
    assert "run 'assistant-1' cannot go on, for this changed since: " in done.err
    assert told in done.err
    assert len(list(json.loads(library.ok("runs", "list", "--json")))) == 1


@pytest.mark.parametrize(
    "words", [("-n", "3"), ("-m", "brief"), ("--no-cache",), ("--dry-run",), ("--save", "x")]
)
def test_nothing_else_can_be_asked_of_a_run_that_goes_on(
    library: Terminal, words: tuple[str, ...]
) -> None:
    done = library("eval", "--resume", *words)
    assert done.code == 2
    assert "leave out other options" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "no unfinished run to go on with"),
        (("assistant",), "no unfinished run of 'assistant'"),
        (("asistant-1",), "unknown run 'asistant-1'"),
        (("assistant-1",), "run 'assistant-1' is finished"),
        (("assistant-2",), "was not asked for by eval or gate, but from Python, by an import"),
    ],
)
def test_a_run_that_cannot_go_on_is_refused_with_the_reason(
    library: Terminal, words: tuple[str, ...], told: str
) -> None:
    library.ok("eval", "assistant", "-n", "2")
    library("eval", "assistant", "-n", "2")
    cut(library, "assistant-2", 1)
    with closing(sqlite3.connect(library.root / STORE)) as connection, connection:
        connection.execute("UPDATE runs SET asked = NULL WHERE id = 'assistant-2'")
    done = library("eval", *words, "--resume")
    assert done.code == 2
    assert told in done.err


def test_a_run_that_another_process_works_on_is_refused(library: Terminal) -> None:
    library.ok("eval", "assistant", "-n", "2")
    cut(library, "assistant-1", 1)
    with Store(library.root / STORE) as store:
        asyncio.run(held(store))
        done = library("eval", "--resume")
        assert done.code == 2
        assert "another process works on run 'assistant-1'" in done.err
    library.ok("eval", "--resume")


async def held(store: Store) -> None:
    await store.take_up("assistant-1")


@pytest.mark.parametrize("is_begun", [False, True], ids=["at the start", "when it goes on"])
def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(*, is_begun: bool) -> None:
    with open_folder() as folder:
        library = write_library(folder)
        library.ok("index", "build", "handbook")
        if is_begun:
            library.ok("eval", "assistant", "-n", "3")
            cut(library, "assistant-1", 1)
        words = ("eval", "--resume") if is_begun else ("eval", "assistant", "-n", "3")
        with read_only(folder / ".genaiops"):
            done = library(*words)
        assert done.code == 4
        assert "store.sqlite: the store cannot be opened: " in done.err
        assert "make the file and its folder writable" in done.err
        assert "3 scored" in library.ok(*words)


def test_a_run_of_files_named_on_the_command_line_goes_on(library: Terminal) -> None:
    (library.root / "a.md").write_text("{{ question }}", "utf-8")
    (library.root / "q.csv").write_text("question,expected\nWhat?,This.\nWho?,They.\n", "utf-8")
    library.ok("eval", "-p", "a.md", "-m", "extractive", "-d", "q.csv")
    run = json.loads(library.ok("runs", "list", "--json"))[0]["id"]
    cut(library, run, 1)
    again = json.loads(library.ok("eval", "--resume", run, "--json"))
    assert (again["id"], again["scored"]) == (run, 2)


def test_damaged_calls_are_made_anew_with_a_warning(library: Terminal) -> None:
    library.ok("eval", "assistant", "-n", "4")
    with closing(sqlite3.connect(library.root / STORE)) as connection:
        connection.execute("UPDATE calls SET completion = replace(completion, 'text', 'tex!')")
        connection.commit()
    done = library("eval", "assistant", "-n", "4")
    assert "4 calls made, 0 reused" in done.out
    assert "4 recorded calls could not be read and counted as none" in done.err
    assert "4 reused" in library.ok("eval", "assistant", "-n", "4")


@pytest.mark.parametrize("word", ["--no-cache", "--refresh"])
def test_calls_are_made_anew_on_wish(library: Terminal, word: str) -> None:
    library.ok("eval", "assistant", "-n", "2")
    assert "2 calls made, 0 reused" in library.ok("eval", "assistant", "-n", "2", word)


def test_recorded_answers_cannot_stay_and_be_replaced(library: Terminal) -> None:
    done = library("eval", "assistant", "--no-cache", "--refresh")
    assert (done.code, "say one" in done.err) == (2, True)


def test_a_gate_goes_on_with_its_run_and_judges_it(library: Terminal) -> None:
    library("gate", "assistant", "-n", "6", "--variant", "blind", "-m", "brief", "-o", "whole.json")
    cut(library, "assistant-1", 2)
    done = library("gate", "--resume", "assistant-1", "-o", "resumed.json")
    assert "going on with run assistant-1: 2 of 6 cases are done" in done.err
    assert "assistant" in done.out
    whole, resumed = ((library.root / f"{each}.json").read_bytes() for each in ("whole", "resumed"))
    assert resumed == whole
    assert len(json.loads(library.ok("runs", "list", "--json"))) == 1


def test_a_gate_that_resumes_takes_no_other_word_on_what_to_run(library: Terminal) -> None:
    library.ok("eval", "assistant", "-n", "3")
    cut(library, "assistant-1", 1)
    done = library("gate", "--resume", "--run", "assistant-1")
    assert (done.code, "--run assistant-1 is judged as it was run" in done.err) == (2, True)
    for words in (("-n", "2"), ("-m", "brief"), ("--batch",)):
        done = library("gate", "--resume", *words)
        assert done.code == 2
        assert "--resume goes on with what the run was asked for" in " ".join(done.err.split())
    assert "going on with run assistant-1: 1 of 3" in library("gate", "assistant", "--resume").err
    done = library("gate", "assistant", "--resume")
    assert (done.code, "there is no unfinished run of 'assistant'" in done.err) == (2, True)
