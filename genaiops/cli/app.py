"""The door of the command line: a table of commands, each loaded when it is used.

Neither `--help` nor a mistyped command loads more than this module and `errors`.
"""

import gc
import os
import re
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from genaiops import __version__
from genaiops.errors import ExecutionError, GenaiopsError, TrustError, suggest

if TYPE_CHECKING:
    import typer

EXIT_INPUT = 2
EXIT_EXECUTION = 4
EXIT_TRUST = 5
EXIT_INTERRUPTED = 130
_OBEYING = ("GITHUB_ACTIONS", "TF_BUILD")
_COMMAND = re.compile(r"^(\s*:)(?=:)|(#)(?=#\[|#vso\[)", re.MULTILINE)
_NUMPY_THREADS = "OPENBLAS_NUM_THREADS"
_YOUNG_OBJECTS = 10_000
"""So many new objects begin a search for garbage; Python's 700 is for smaller processes."""


@dataclass(frozen=True, slots=True)
class _Command:
    module: str
    help: str
    daily: bool = False


COMMANDS = {
    "init": _Command("genaiops.cli.init", "start a small project that works", daily=True),
    "eval": _Command("genaiops.cli.eval", "run a flow over a dataset and score it", daily=True),
    "gate": _Command("genaiops.cli.gate", "evaluate, then judge with gates", daily=True),
    "compare": _Command("genaiops.cli.compare", "rank many arms on the same cases", daily=True),
    "view": _Command("genaiops.cli.view", "look at answers and scores on a page", daily=True),
    "baseline": _Command("genaiops.cli.baseline", "accept or show the baseline", daily=True),
    "check": _Command("genaiops.cli.check", "validate all files; calls no model", daily=True),
    "demo": _Command("genaiops.cli.demo", "watch the loop on the example", daily=True),
    "run": _Command("genaiops.cli.run", "run a flow once"),
    "chat": _Command("genaiops.cli.chat", "talk to a flow, and keep turns as cases"),
    "dev": _Command("genaiops.cli.dev", "run a few cases again whenever a file is saved"),
    "runs": _Command("genaiops.cli.runs", "list, show, export or delete evaluations"),
    "diff": _Command("genaiops.cli.diff", "compare two evaluations, case by case"),
    "import": _Command("genaiops.cli.importing", "score answers that something else gave"),
    "metrics": _Command("genaiops.cli.metrics", "what can be measured; try one on a case"),
    "judge": _Command("genaiops.cli.judge", "tell how far a judge agrees with people"),
    "power": _Command("genaiops.cli.power", "what gates can find, before money is spent"),
    "redteam": _Command("genaiops.cli.redteam", "attack a flow, and judge what came through"),
    "catalog": _Command("genaiops.cli.catalog", "the models that the project knows"),
    "select": _Command("genaiops.cli.select", "choose a model by constraints and evidence"),
    "weights": _Command("genaiops.cli.weights", "list, pull and verify local models"),
    "index": _Command("genaiops.cli.index", "build, inspect and query an index"),
    "release": _Command("genaiops.cli.release", "release what is proven, promote it, go back"),
    "audit": _Command("genaiops.cli.audit", "who did what with releases; verify the record"),
    "serve": _Command("genaiops.cli.serve", "answer over HTTP, as a flow or as OpenAI's chat"),
    "token": _Command("genaiops.cli.token", "who may ask the server"),
    "rollout": _Command("genaiops.cli.rollout", "plan how a release gets to users, carry it on"),
    "trust": _Command("genaiops.cli.trust", "see and allow what a project wants to run and reach"),
    "cache": _Command("genaiops.cli.cache", "count recorded calls, and remove what is not needed"),
    "drill": _Command("genaiops.cli.drill", "kill, fail and fill up on purpose: promises hold"),
    "doctor": _Command("genaiops.cli.doctor", "what is here, what is missing, how to get it"),
    "completion": _Command("genaiops.cli.completion", "complete words with the tab key"),
}  # fmt: skip

ALIASES = {
    "new": "init",
    "evaluate": "eval",
    "eval run": "eval",
    "test": "gate",
    "test run": "gate",
    "validate": "check",
    "lint": "check",
    "ask": "run",
    "serve token": "token",
    "watch": "dev",
    "flow test": "run",
    "flow init": "init",
    "flow validate": "check",
    "list": "runs list",
    "ls": "runs list",
    "show": "runs show",
    "export": "runs export",
    "models": "catalog",
    "diagnose": "doctor",
}
"""What people type who come from other tools, and what it is here; two words need a third."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with one of the codes of the design."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    _open_what_the_shell_closed()
    _write_what_the_terminal_lacks_as_escapes()
    debug = "--debug" in args
    args = [argument for argument in args if argument != "--debug"]
    if not args or args[0] in {"-h", "--help", "help"}:
        print_out(help_text())
        return
    if args[0] in {"-V", "--version"}:
        print_out(f"genaiops {__version__}\n")
        return
    args = _meant(args)
    if args[0] not in COMMANDS:
        complain(f"unknown command {args[0]!r}{suggest(args[0], COMMANDS)}")
        sys.exit(EXIT_INPUT)
    _run_to_a_code(args, debug=debug, is_process=arguments is None)


def _run_to_a_code(args: list[str], *, debug: bool, is_process: bool) -> None:
    try:
        _run(args[0], args[1:], is_process=is_process)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(EXIT_INTERRUPTED)
    except Exception as error:
        if debug:
            raise
        if isinstance(error, GenaiopsError):
            complain(str(error))
            sys.exit(exit_code(error))
        # Python would end with the code of a gate that failed
        told = f"{type(error).__name__}: {error}"
        complain(f"a fault of genaiops itself: {told}; --debug shows where, to report it")
        sys.exit(EXIT_EXECUTION)


def _meant(args: list[str]) -> list[str]:
    """The command in our own words, which are said where other ones were typed."""
    for count in (2, 1):
        words = " ".join(args[:count])
        is_whole = count == 1 or (len(args) > 2 and not args[2].startswith("-"))
        if words in ALIASES and is_whole:
            print_err(f"genaiops {words} is: genaiops {ALIASES[words]}")
            return [*ALIASES[words].split(), *args[count:]]
    return args


def _open_what_the_shell_closed() -> None:
    """After `>&-` there is no stream, and the next file that is opened would stand in its place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  open to the end
            setattr(sys, name, stream)


def _write_what_the_terminal_lacks_as_escapes() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_out(text: str) -> None:
    """Write to stdout; when its reader left, the command still goes on to its own exit code."""
    try:
        sys.stdout.write(_inert(text))
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return
        complain(f"the output cannot be written: {error.strerror}")
        sys.exit(EXIT_EXECUTION)


def print_err(message: str) -> None:
    """Write a message to stderr; on a terminal its lines break between words."""
    if sys.stderr.isatty():
        message = fitted(message, os.get_terminal_size(sys.stderr.fileno()).columns or 80)
    print_command(_inert(message))


def print_command(line: str) -> None:
    """Write a line to stderr that the CI which reads it is to obey."""
    try:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
    except OSError:  # nobody can be told; the exit code still says it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _inert(text: str) -> str:
    """A text of which no line is a command to the CI that reads it: answers may hold anything."""
    if not any(name in os.environ for name in _OBEYING):
        return text
    return _COMMAND.sub(lambda found: f"{found[0]}\u200b", text.replace("\r", " "))


def fitted(message: str, width: int) -> str:
    """Lines within a width, broken at spaces only: ids, paths and commands stay whole."""
    lines: list[str] = []
    for line in message.split("\n"):
        indent = " " * (len(line) - len(line.lstrip(" ")))
        first, *words = line.lstrip(" ").split(" ")
        lines.append(f"{indent}{first}")
        for word in words:
            if len(lines[-1]) + 1 + len(word) <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(f"{indent}  {word}")
    return "\n".join(lines)


def exit_code(error: GenaiopsError) -> int:
    """The exit code of an error."""
    if isinstance(error, TrustError):
        return EXIT_TRUST
    return EXIT_EXECUTION if isinstance(error, ExecutionError) else EXIT_INPUT


def help_text() -> str:
    """What `genaiops --help` prints."""
    daily = {name: command for name, command in COMMANDS.items() if command.daily}
    more = {name: command for name, command in COMMANDS.items() if not command.daily}
    return (
        "Usage: genaiops COMMAND [OPTIONS]\n\n"
        "Evaluate and release LLM applications with verdicts that are honest about noise.\n\n"
        f"Every day:\n{_listed(daily)}\n"
        f"More:\n{_listed(more)}\n"
        "Options:\n"
        "  --version   print the version\n"
        "  --debug     show a traceback instead of a message\n"
        "  --help      this text; also after any command\n\n"
        "Exit codes: 0 done, 1 a gate failed, 2 wrong input, 3 inconclusive and blocked,\n"
        "            4 execution failed, 5 not trusted, 130 interrupted\n"
    )


def _listed(commands: dict[str, _Command]) -> str:
    return "".join(f"  {name:<11} {command.help}\n" for name, command in commands.items())


def _run(name: str, args: list[str], *, is_process: bool) -> None:
    with _quick_loading() if is_process else nullcontext():
        app: typer.Typer = import_module(COMMANDS[name].module).app
        usage = import_module("genaiops.cli.usage")
    usage.run_command(app, f"genaiops {name}", args)


@contextmanager
def _quick_loading() -> Generator[None]:
    """Load modules without a search for garbage, of which they leave none, now or later.

    numpy, which loads with them, starts no threads unless the environment asks for them: none of
    our sums is large, and the same sum in more threads is rounded otherwise.
    """
    is_asked = _NUMPY_THREADS in os.environ
    os.environ.setdefault(_NUMPY_THREADS, "1")
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(_YOUNG_OBJECTS)
        gc.enable()
        if not is_asked:
            del os.environ[_NUMPY_THREADS]


def complain(message: str) -> None:
    """Tell of an error, on stderr."""
    lead = "" if message.startswith(("error", "not trusted")) else "error: "
    print_err(f"{lead}{message}")
