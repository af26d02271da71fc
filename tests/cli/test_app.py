import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genaiops import __version__
from genaiops.cli.app import ALIASES, COMMANDS, exit_code, fitted, help_text, main
from genaiops.errors import (
    CallError,
    ExecutionError,
    GenaiopsError,
    InputError,
    MissingExtra,
    SpecError,
    StoreError,
    TemplateError,
    TrustError,
)
from tests.cli.terminal import Terminal


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",), ("help",)])
def test_help_is_what_nothing_means(library: Terminal, arguments: tuple[str, ...]) -> None:
    assert library.ok(*arguments) == help_text()


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_that_of_the_package(library: Terminal, option: str) -> None:
    assert library.ok(option) == f"genaiops {__version__}\n"


TEXTS = st.lists(st.text("ab-/ ", max_size=30), max_size=4).map("\n".join)


@given(TEXTS, st.integers(20, 60))
def test_a_message_breaks_between_words_alone(text: str, width: int) -> None:
    found = fitted(text, width)
    assert found.split() == text.split()
    for line in found.split("\n"):
        assert len(line) <= width or len(line.split()) <= 1


def test_a_line_that_fits_stays_as_it_is_and_a_longer_one_hangs() -> None:
    told = "f.yaml:1:2: unknown key\n  known:  a, b"
    assert fitted(told, 40) == told
    assert fitted("a message with evals/baselines/assistant.jsonl", 30) == (
        "a message with\n  evals/baselines/assistant.jsonl"
    )


def test_an_error_on_a_terminal_is_as_wide_as_the_terminal() -> None:
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    words = [sys.executable, "-m", "genaiops", "evaluate-all-of-it-at-once"]
    done = subprocess.run(words, stderr=there, stdin=there, check=False)  # noqa: S603  our own words
    os.close(there)
    lines = os.read(here, 10_000).decode().splitlines()
    assert done.returncode == 2
    assert len(lines) > 1
    assert max(map(len, lines)) <= 60


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("x"), 2),
        (SpecError([]), 2),
        (TemplateError("x"), 2),
        (MissingExtra("x", "local"), 2),
        (TrustError([]), 5),
        (ExecutionError("x"), 4),
        (CallError("auth", "x"), 4),
        (StoreError("x"), 4),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_error_has_its_exit_code(error: GenaiopsError, code: int) -> None:
    assert exit_code(error) == code


def test_debug_raises_what_is_otherwise_a_message(
    library: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library.root)
    with pytest.raises(InputError, match="assistent"):
        main(["--debug", "eval", "assistent"])


@pytest.mark.parametrize(
    ("typed", "ours", "rest"),
    [
        ("test", "gate", "assistant"),
        ("test run", "gate", "assistant"),
        ("eval run", "eval", "assistant"),
        ("evaluate", "eval", "assistant"),
        ("validate", "check", ""),
        ("models", "catalog", "list"),
        ("flow test", "run", "assistant -i question=x"),
        ("ls", "runs list", ""),
        ("show", "runs show", "last --json"),
    ],
)
def test_a_word_of_other_tools_runs_and_says_ours_once(
    library: Terminal, typed: str, ours: str, rest: str
) -> None:
    library.ok("eval", "assistant")
    done = library(*typed.split(), *rest.split())
    real = library(*ours.split(), *rest.split())
    assert done.code == real.code == 0
    assert done.err.startswith(f"genaiops {typed} is: genaiops {ours}\n")
    assert done.err.count(" is: genaiops ") == 1
    assert done.out.splitlines()[-1:] == real.out.splitlines()[-1:]


@pytest.mark.parametrize("name", ALIASES)
def test_an_alias_leads_to_a_command_and_hides_none(name: str) -> None:
    assert ALIASES[name].split()[0] in COMMANDS
    assert name not in COMMANDS


def test_an_evaluation_may_be_called_run(library: Terminal) -> None:
    text = (library.root / "evals" / "assistant.yaml").read_text("utf-8")
    (library.root / "evals" / "run.yaml").write_text(text, "utf-8")
    assert "run-1" in library.ok("eval", "run")


def test_a_project_is_found_from_below_and_by_its_name(library: Terminal) -> None:
    below = library.root / "datasets" / "handbook"
    assert "handbook" in Terminal(below).ok("index", "status")
    elsewhere = Terminal(library.root.parent)
    for named in (library.root, library.root / "genaiops.yaml"):
        assert "handbook" in elsewhere.ok("index", "status", "-c", str(named))


def ran(
    library: Terminal, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-m", "genaiops", *arguments],
        cwd=library.root, env=os.environ | environment, capture_output=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_a_terminal_that_lacks_a_character_gets_an_escape(library: Terminal) -> None:
    ask = ("run", "assistant", "-i", "question=x", "-i", 'tone={"a": "→"}', "--json")
    done = ran(library, *ask, PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert b'"a": "\\u2192"' in done.stdout


@pytest.mark.slow
def test_a_command_whose_reader_left_ends_with_its_own_code(library: Terminal) -> None:
    library.ok("eval", "assistant")
    read, write = os.pipe()
    os.close(read)
    child = subprocess.Popen(
        [sys.executable, "-m", "genaiops", "runs", "show", "last", "--json"],
        cwd=library.root, stdout=write, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.close(write)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, b"")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("redirection", "code", "told"),
    [
        (">/dev/full", 4, "error: the output cannot be written: No space left on device\n"),
        (">&-", 0, ""),
        ("<&- >&- 2>&-", 0, ""),
        (">/dev/full 2>/dev/full", 4, ""),
    ],
)
def test_an_output_that_takes_nothing_is_no_traceback(
    library: Terminal, redirection: str, code: int, told: str
) -> None:
    done = subprocess.run(  # noqa: S602  a shell closes its streams
        f"{sys.executable} -m genaiops check --json {redirection}",
        shell=True, cwd=library.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (code, told)


def test_a_bug_is_told_in_a_line_and_does_not_end_as_a_failed_gate(
    library: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "check", COMMANDS["check"].__class__("json", ""))
    done = library("check")
    assert done.code == 4
    assert done.err.startswith("error: a fault of genaiops itself: AttributeError: ")
    with pytest.raises(AttributeError):
        library("check", "--debug")
