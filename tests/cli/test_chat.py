import json
import os
import signal
import subprocess
import sys

import pytest

from tests.cli.library import ARTICLES, QUESTIONS
from tests.cli.terminal import Done, Terminal

LOANS, FEES = QUESTIONS["loans"], QUESTIONS["fees"]
APP = """\
import asyncio


async def answer(question: str, history: list | None = None) -> str:
    if question == "wait":
        await asyncio.sleep(600)
    if question == "fail":
        raise ValueError("no")
    said = [message["content"] for message in history or []]
    return f"{question} after {said}"
"""


def talked(library: Terminal, *lines: str, flow: str = "assistant", options: str = "") -> Done:
    stdin = "".join(f"{line}\n" for line in lines)
    return library("chat", flow, *options.split(), stdin=stdin)


@pytest.fixture
def app(library: Terminal) -> Terminal:
    (library.root / "app.py").write_text(APP, "utf-8")
    return library


def test_answers_go_to_stdout_and_all_else_to_stderr(library: Terminal) -> None:
    done = talked(library, LOANS, "", FEES)
    assert done.code == 0
    assert done.out == f"{ARTICLES['loans']}\n{ARTICLES['fees']}\n"
    assert f"> {LOANS}\n" in done.err
    assert "every question stands alone" in done.err


def test_what_was_said_is_remembered_until_it_is_reset(app: Terminal) -> None:
    done = talked(app, "a", "b", "/reset", "c", flow="app:answer")
    lines = done.out.splitlines()
    assert lines == ["a after []", "b after ['a', 'a after []']", "c after []"]
    assert "stands alone" not in done.err


def test_a_turn_that_failed_is_told_not_remembered_and_counts_for_a_pipe(app: Terminal) -> None:
    done = talked(app, "fail", "b", flow="app:answer")
    assert done.code == 4
    assert "error: node: " in done.err
    assert done.out == "b after []\n"
    assert "1 of the answers failed" in done.err


def test_show_prints_passages_and_prompt_of_the_last_turn(library: Terminal) -> None:
    out = talked(library, LOANS, "/show").out
    assert "[1] datasets/handbook/loans.md:" in out or "[1] loans.md:" in out
    assert "--- answer: user" in out
    assert out.rstrip().endswith(LOANS)


def test_a_turn_becomes_a_case_that_an_evaluation_can_read(library: Terminal) -> None:
    done = talked(library, LOANS, "/save", FEES, "/save answer: Twenty cents.", "/save")
    assert done.err.count("is in datasets/assistant-chat.jsonl") == 2
    assert "is there already" in done.err
    path = library.root / "datasets" / "assistant-chat.jsonl"
    first, second = map(json.loads, path.read_text("utf-8").splitlines())
    assert (first["inputs"], first.get("expected")) == ({"question": LOANS}, None)
    assert second["expected"] == {"answer": "Twenty cents."}
    text = (library.root / "evals" / "assistant.yaml").read_text("utf-8")
    renamed = text.replace("handbook.jsonl", "assistant-chat.jsonl").split("gates:")[0]
    (library.root / "evals" / "chat.yaml").write_text(renamed, "utf-8")
    assert "2 planned = 2 scored" in library.ok("eval", "chat")


def test_a_case_goes_below_those_of_the_file_that_is_named(library: Terminal) -> None:
    path = library.root / "datasets" / "handbook.jsonl"
    before = path.read_bytes().rstrip(b"\n")
    path.write_bytes(before)
    talked(library, "What else?", "/save datasets/handbook.jsonl")
    lines = path.read_bytes().splitlines()
    assert lines[:-1] == before.splitlines()
    assert json.loads(lines[-1])["tags"] == {"source": "chat"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/shwo", "unknown /shwo; did you mean 'show'?"),
        ("/show", "nothing was said yet"),
        ("/save", "nothing was said yet"),
        ("/save answer:", "write the right answer"),
        ("/model nothing", "unknown model or selection 'nothing'"),
        ("/variant bilnd", "has no variant 'bilnd'; did you mean 'blind'?"),
    ],
)
def test_a_mistake_is_told_and_the_talk_goes_on(library: Terminal, line: str, told: str) -> None:
    done = talked(library, line, LOANS)
    assert done.code == 0
    assert f"error: {told}" in done.err.replace("flow 'assistant' ", "")
    assert done.out == f"{ARTICLES['loans']}\n"


@pytest.mark.parametrize("file", ["cases.csv", "broken.jsonl"])
def test_a_case_is_not_written_where_no_cases_are(library: Terminal, file: str) -> None:
    (library.root / "broken.jsonl").write_text("{\n", "utf-8")
    done = talked(library, LOANS, f"/save {file}")
    assert "error: " in done.err
    assert (library.root / "broken.jsonl").read_text("utf-8") == "{\n"
    assert not (library.root / "cases.csv").exists()


def test_variant_and_model_change_on_the_way_and_back(library: Terminal) -> None:
    done = talked(library, "/variant blind", LOANS, "/variant", LOANS, "/model brief", LOANS)
    assert done.out.splitlines() == ["I don't know.", ARTICLES["loans"], ARTICLES["loans"]]
    assert "goes on with brief, no variant" in done.err
    assert talked(library, LOANS, options="--variant blind").out == "I don't know.\n"


def test_other_inputs_are_given_once(library: Terminal) -> None:
    done = talked(library, LOANS, "/save", options='-i tone={"a":1}')
    text = (library.root / "datasets" / "assistant-chat.jsonl").read_text("utf-8")
    assert json.loads(text)["inputs"] == {"question": LOANS, "tone": {"a": 1}}
    assert done.code == 0


def test_a_line_may_begin_with_a_slash(app: Terminal) -> None:
    assert talked(app, "//help", flow="app:answer").out == "/help after []\n"
    help_ = talked(app, "/help", "/quit", "never", flow="app:answer")
    assert (help_.out, "/save [FILE]" in help_.err) == ("", True)


def test_a_flow_without_a_text_to_type_is_refused(library: Terminal) -> None:
    done = talked(library, options="-i question=fixed")
    assert done.code == 2
    assert "no text input left for what you type" in done.err
    assert talked(library, flow="asistant").code == 2


def test_terminal_escapes_of_an_answer_are_not_shown(app: Terminal) -> None:
    assert "\x1b" not in talked(app, "\x1b[31mred\x1b]0;x\x07", flow="app:answer").out


@pytest.mark.slow
def test_ctrl_c_stops_an_answer_and_twice_leaves(app: Terminal) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "genaiops", "chat", "app:answer"],
        cwd=app.root, text=True, bufsize=1, preexec_fn=_hear_ctrl_c,  # noqa: PLW1509
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as child:  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdin.write("wait\n")
        while "> wait" not in child.stderr.readline():
            pass
        child.send_signal(signal.SIGINT)
        while "stopped" not in child.stderr.readline():
            pass
        child.stdin.write("b\n")
        assert child.stdout.readline() == "b after []\n"
        child.send_signal(signal.SIGINT)
        while "stopped" not in child.stderr.readline():
            pass
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=20) == 130


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
