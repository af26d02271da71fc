"""What the tab key offers, asked of the command and of real shells."""

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.main import get_command

from genaiops.cli.app import COMMANDS
from genaiops.cli.completion import ARGUMENTS, OPTIONS, SCRIPTS, Shell
from tests.cli.terminal import Terminal


def offered(library: Terminal, *words: str) -> list[str]:
    return library.ok("completion", "bash", "--", *words).splitlines()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("ev",), ["eval"]),
        (("eval", ""), ["assistant"]),
        (("eval", "x"), []),
        (("eval", "assistant", ""), []),
        (("run", "as"), ["assistant"]),
        (("eval", "assistant", "-m", ""), ["answering", "brief", "extractive"]),
        (("eval", "--model", "=", "br"), ["brief"]),
        (("eval", "--model", "="), ["answering", "brief", "extractive"]),
        (("eval", "--model=br"), ["brief"]),
        (("gate", "assistant", "--variant", ""), ["blind"]),
        (("gate", "assistant", "--against", "l"), ["last"]),
        (("index", ""), ["build", "query", "status"]),
        (("index", "build", ""), ["handbook"]),
        (("index", "query", "--f"), []),
        (("select", ""), ["answering"]),
        (("runs", "show", ""), ["assistant", "last"]),
        (("weights", "pull", "smol"), ["smollm2-135m"]),
        (("eval", "--rep"), ["--repeats"]),
        (("baseline", "accept", "--rea"), ["--reason"]),
        (("--v",), ["--version"]),
        (("nothing", ""), []),
    ],
)
def test_a_word_is_ended_by_what_may_stand_there(
    library: Terminal, words: tuple[str, ...], found: list[str]
) -> None:
    assert offered(library, *words) == found


def test_every_command_is_offered(library: Terminal) -> None:
    assert offered(library, "") == sorted(COMMANDS)


def test_the_other_shells_get_help_beside_a_word(library: Terminal) -> None:
    fish = library.ok("completion", "fish", "--", "trus")
    assert fish == f"trust\t{COMMANDS['trust'].help}\n"
    assert library.ok("completion", "zsh", "--", "trus") == fish.replace("\t", ":")


def test_outside_of_a_project_and_in_a_broken_one_there_are_no_names(tmp_path: Path) -> None:
    assert offered(Terminal(tmp_path), "eval", "") == []
    (tmp_path / "genaiops.yaml").write_text("nome: x\n", "utf-8")
    assert offered(Terminal(tmp_path), "eval", "-m", "") == []


def test_a_name_with_control_characters_is_not_offered(library: Terminal) -> None:
    text = (library.root / "evals" / "assistant.yaml").read_text("utf-8")
    (library.root / "evals" / "a\x1b[31m.yaml").write_text(text, "utf-8")
    assert offered(library, "eval", "") == ["assistant"]


def test_the_tables_name_commands_and_options_that_are_there() -> None:
    known: set[str] = set()
    options: set[str] = set()
    for name, entry in COMMANDS.items():
        command = get_command(import_module(entry.module).app)
        below = getattr(command, "commands", None)
        known |= {f"{name} {part}" for part in below} if below else {name}
        for each in below.values() if below else (command,):
            options.update(opt for param in each.params for opt in param.opts)
    assert ARGUMENTS.keys() <= known
    assert {path for path in known if " " in path} <= ARGUMENTS.keys() | {"trust"}
    assert OPTIONS.keys() <= options


def ran_in(shell: Shell, library: Terminal, lines: str) -> list[str]:
    """What a shell prints that has the script; `genaiops` is this interpreter's."""
    binary = shutil.which(shell)
    if binary is None:
        pytest.skip(f"there is no {shell} on this machine")
    folder = library.root / "bin"
    folder.mkdir(exist_ok=True)
    own = folder / "genaiops"
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m genaiops "$@"\n', "utf-8")
    own.chmod(0o755)
    script = folder / f"completion.{shell}"
    script.write_text(SCRIPTS[shell], "utf-8")
    done = subprocess.run(  # noqa: S603  a shell, on our own lines
        [binary, "-c", f". {script}\n{lines}"],
        cwd=library.root, capture_output=True, text=True, check=True,
        env=os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    return done.stdout.splitlines()


@pytest.mark.slow
def test_bash_completes(library: Terminal) -> None:
    lines = """
    complete -p genaiops
    tab() { COMP_WORDS=(genaiops "$@"); COMP_CWORD=$#; _genaiops genaiops; echo "${COMPREPLY[@]}"; }
    tab eva
    tab eval ''
    tab run assistant --model = b
    tab eval assistant ''
    """
    assert ran_in("bash", library, lines) == [
        "complete -o default -F _genaiops genaiops",
        "eval",
        "assistant",
        "brief",
        "",
    ]


@pytest.mark.slow
def test_fish_completes(library: Terminal) -> None:
    lines = "complete -C 'genaiops run a'\ncomplete -C 'genaiops --v'"
    assert ran_in("fish", library, lines) == ["assistant", "--version"]
