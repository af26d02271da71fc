"""`genaiops completion`: what a shell needs to complete commands, options and names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.main import get_command

from genaiops.cli.app import COMMANDS, print_out
from genaiops.cli.options import new_app
from genaiops.project.names import Kind, names_of

BASH = """\
_genaiops() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
    "$1" completion bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null
  )
}
complete -o default -F _genaiops genaiops
"""
ZSH = """\
#compdef genaiops
_genaiops() {
  local -a found
  found=("${(@f)$(${words[1]} completion zsh -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then _describe genaiops found; else _files; fi
}
compdef _genaiops genaiops
"""
FISH = """\
function __genaiops_complete
    set -l typed (commandline -opc)
    $typed[1] completion fish -- $typed[2..-1] (commandline -ct) 2>/dev/null
end
complete -c genaiops -a '(__genaiops_complete)'
"""
Shell = Literal["bash", "zsh", "fish"]
SCRIPTS: Mapping[Shell, str] = {"bash": BASH, "zsh": ZSH, "fish": FISH}

ARGUMENTS: Mapping[str, Kind | None] = {
    "eval": "evals",
    "gate": "evals",
    "power": "evals",
    "dev": "evals",
    "compare": "evals",
    "view": "runs",
    "baseline accept": "runs",
    "baseline show": "evals",
    "run": "flows",
    "chat": "flows",
    "redteam": "flows",
    "judge calibrate": None,
    "judge label": "runs",
    "judge pair": "runs",
    "metrics list": None,
    "metrics show": "metrics",
    "metrics try": "metrics",
    "runs list": None,
    "runs show": "runs",
    "runs export": "runs",
    "runs delete": None,
    "diff": "runs",
    "catalog list": None,
    "catalog show": "models",
    "catalog check": None,
    "select": "selections",
    "weights list": None,
    "weights pull": "weights",
    "weights verify": "weights",
    "index build": "indexes",
    "index status": "indexes",
    "index query": "indexes",
    "release create": "flows",
    "release list": None,
    "release show": "releases",
    "release diff": "releases",
    "release verify": "releases",
    "release approve": "releases",
    "release promote": "releases",
    "release rollback": "flows",
    "release package": "releases",
    "release prune": None,
    "audit show": None,
    "audit verify": None,
    "audit verifier": None,
    "cache stats": None,
    "cache prune": None,
    "rollout manifests": "rollouts",
    "rollout plan": "rollouts",
    "rollout simulate": "rollouts",
    "rollout start": "rollouts",
    "rollout status": "rollouts",
    "rollout explain": "rollouts",
    "rollout replay": "rollouts",
    "rollout report": "rollouts",
    "rollout pause": "rollouts",
    "rollout resume": "rollouts",
    "rollout abort": "rollouts",
    "rollout promote": "rollouts",
    "rollout list": None,
    "token add": None,
    "token list": None,
    "token remove": None,
    "drill resume-kill": None,
    "drill faults": None,
    "drill disk-full": None,
    "drill determinism": None,
    "drill concurrent-runs": None,
    "drill rollout": None,
}
"""What a command's argument names, and every command below another."""
OPTIONS: Mapping[str, Kind] = {
    "-m": "models",
    "--model": "models",
    "--variant": "variants",
    "--against": "runs",
    "--run": "runs",
    "--candidate": "releases",
    "--stable": "releases",
    "--eval": "evals",
    "--judge": "models",
}
"""What an option's value names."""

app = new_app("Complete commands, options and names with the tab key.")


@app.command()
def command(
    shell: Annotated[Shell, typer.Argument(help="Whose script.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(help="After --, what is typed so far: prints what may end it."),
    ] = None,
) -> None:
    """Print a script; `source <(genaiops completion bash)` in ~/.bashrc switches it on."""
    if words is None:
        print_out(SCRIPTS[shell])
        return
    found = candidates(words, Path.cwd())
    print_out("".join(f"{_line(candidate, shell)}\n" for candidate in found))


def candidates(words: Sequence[str], folder: Path) -> tuple[tuple[str, str], ...]:
    """What may stand in place of the last word, each with its help or nothing.

    Options are those of the command itself; names are those of the project around the folder.
    """
    *before, last = _whole(words)
    found = _options(before) if last.startswith("-") else _values(before, folder)
    return tuple(sorted({each for each in found if each[0].startswith(last)}))


def _line(candidate: tuple[str, str], shell: Shell) -> str:
    word, told = candidate
    if shell == "bash" or not told:
        return word
    return f"{word}\t{told}" if shell == "fish" else f"{word.replace(':', chr(92) + ':')}:{told}"


def _whole(words: Sequence[str]) -> Sequence[str]:
    """The words with `--model=a` as two; bash gives them as three."""
    *before, last = words or ("",)
    name, equals, value = last.partition("=")
    ending = (name, value) if equals and name.startswith("--") else (last.removeprefix("="),)
    return (*(word for word in before if word != "="), *ending)


def _values(before: Sequence[str], folder: Path) -> Iterator[tuple[str, str]]:
    if not before:
        yield from ((name, command.help) for name, command in COMMANDS.items())
        return
    if before[-1] in OPTIONS:
        yield from ((name, "") for name in names_of(OPTIONS[before[-1]], folder))
        return
    below = [path.split()[1] for path in ARGUMENTS if path.startswith(f"{before[0]} ")]
    if below and len(before) == 1:
        yield from ((name, "") for name in below)
        return
    kind = ARGUMENTS.get(" ".join(before[: 2 if below else 1]))
    if kind is not None:
        yield from ((name, "") for name in names_of(kind, folder) if name not in before[1:])


def _options(before: Sequence[str]) -> Iterator[tuple[str, str]]:
    if not before or before[0] not in COMMANDS:
        yield from (("--help", ""), ("--version", ""))
        return
    command = get_command(import_module(COMMANDS[before[0]].module).app)
    for word in before[1:]:
        command = getattr(command, "commands", {}).get(word, command)
    for param in command.params:
        told = re.sub(r"\s+", " ", getattr(param, "help", None) or "")
        yield from ((name, told) for name in param.opts if name.startswith("--"))
    yield "--help", ""
