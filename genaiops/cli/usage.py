"""A command's arguments as they were meant: words of other tools, and misspelled ones."""

import sys
from collections.abc import Mapping, Sequence
from typing import cast

import typer
from typer.main import get_command

from genaiops.errors import InputError, suggest

OPTIONS = {
    "--repeat": "--repeats",
    "--epochs": "--repeats",
    "--variants": "--variant",
    "--models": "--model",
    "--prompts": "--prompt",
    "--dataset": "--data",
    "--inputs": "--input",
    "--var": "--input",
    "--max-concurrency": "--concurrency",
    "--max-connections": "--concurrency",
    "--max-samples": "--concurrency",
    "--jobs": "--concurrency",
    "--workers": "--concurrency",
    "--first-n": "--limit",
    "--max-cases": "--limit",
    "--filter-first-n": "--limit",
    "--out": "--output",
    "--output-path": "--output",
    "--project": "--config",
}
"""Options of other tools, and those that mean the same here."""

BELOW = {"ls": "list", "rm": "delete"}
"""Commands below a command, by what people type."""

_UsageError = cast(
    "type[typer.BadParameter]", typer.BadParameter.__base__
)  # typer keeps it private


def run_command(app: typer.Typer, prog: str, args: Sequence[str]) -> None:
    """Run a command; exits with its code unless that is 0.

    Raises:
        InputError: the arguments do not fit; it names the nearest ones that do.
    """
    code = _run(app, prog, _below(app, prog, list(args)), told=frozenset())
    if code:
        sys.exit(code)


def _run(app: typer.Typer, prog: str, args: list[str], told: frozenset[str]) -> int:
    try:
        return app(args=args, prog_name=prog, standalone_mode=False) or 0
    except _UsageError as error:
        wrong = _unknown_option(error)
        meant = OPTIONS.get(wrong, "")
        if wrong in told or meant not in _options(error):
            raise InputError(_message(error, prog)) from error
    except typer.Abort:
        raise KeyboardInterrupt from None
    sys.stderr.write(f"{wrong} is: {meant}\n")
    return _run(app, prog, _renamed(args, wrong, meant), told | {wrong})


def _renamed(args: list[str], wrong: str, meant: str) -> list[str]:
    """The arguments with an option by our own name, wherever it stands."""
    return [
        meant + arg.removeprefix(wrong) if arg == wrong or arg.startswith(f"{wrong}=") else arg
        for arg in args
    ]


def _below(app: typer.Typer, prog: str, args: list[str]) -> list[str]:
    """The arguments of a group of commands, with the one that is meant first."""
    known: Mapping[str, object] | None = getattr(get_command(app), "commands", None)
    if known is None or not args or args[0].startswith("-") or args[0] in known:
        return args
    meant = BELOW.get(args[0])
    if meant is None or meant not in known:
        raise InputError(f"{prog}: unknown command {args[0]!r}{suggest(args[0], known)}")
    sys.stderr.write(f"{prog} {args[0]} is: {prog} {meant}\n")
    return [meant, *args[1:]]


def _unknown_option(error: typer.BadParameter) -> str:
    return getattr(error, "option_name", "") if type(error).__name__ == "NoSuchOption" else ""


def _options(error: typer.BadParameter) -> list[str]:
    """The options, by whole words, of the command that was meant."""
    params = error.ctx.command.params if error.ctx is not None else ()
    names = [name for param in params for name in param.opts if name.startswith("--")]
    return [*names, "--help"]


def _message(error: typer.BadParameter, prog: str) -> str:
    command = error.ctx.command_path if error.ctx is not None else prog
    wrong = _unknown_option(error)
    if wrong:
        told = f"unknown option {wrong!r}{suggest(wrong, _options(error))}"
    else:
        text = error.format_message().replace(": Value error, ", ": ")  # pydantic's lead
        text = text.replace(": Input should be ", ": it should be ")
        text = " ".join(text.replace(". Choose from:", "; choose from:").split())  # a line a choice
        told = f"{text[:1].lower()}{text[1:].removesuffix('.')}"
    return f"{command}: {told}\nsee {command} --help"
