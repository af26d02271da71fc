"""The process in which a base commit is evaluated: its code never meets that of the branch."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

import genaiops
from genaiops.errors import ExecutionError, GenaiopsError, InputError, TrustError
from genaiops.project.base_request import BaseAnswer, BaseRequest

_BOOT = "import sys; sys.path.extend(sys.argv[2:]); from genaiops.cli.base import main; main()"
_VERSION = "import genaiops; print(genaiops.__version__)"
_UNTRUSTED, _INTERRUPTED = 5, 130
_ERRORS: dict[int, type[GenaiopsError]] = {2: InputError, 4: ExecutionError}


@dataclass(frozen=True, slots=True)
class BaseRun:
    """The id of a run that the process stored, and what the calls for it cost."""

    id: str
    spent_usd: float


def evaluate_base(request: BaseRequest, shown: str, *, python: Path | None = None) -> BaseRun:
    """Run the evaluation of a base commit to its end, in a process of its own.

    Python finds no module by the folder that it starts in, and what the process has to say goes to
    stderr as it comes. `python` is another interpreter, which has this genaiops too.

    Raises:
        InputError: it does not fit together there, or the interpreter cannot be used.
        TrustError: it wants what is not trusted.
        ExecutionError: nothing of it could be scored.
        KeyboardInterrupt: somebody asked to stop.
    """
    if python is not None:
        _see_that_it_serves(python)
    own = [] if python else [str(Path(genaiops.__file__).parents[1])]
    command = [str(python or sys.executable), "-P", "-c", _BOOT, request.model_dump_json(), *own]
    process = subprocess.Popen(  # noqa: S603  this Python, or the one that the user names
        command, cwd=Path(request.config).parent, stdout=subprocess.PIPE, text=True
    )
    out, code = _waited_for(process)
    if code == _INTERRUPTED:
        raise KeyboardInterrupt
    try:
        answer = BaseAnswer.model_validate_json(out)
    except ValidationError as error:
        raise ExecutionError(
            f"{shown} was not evaluated: {command[0]} ended with code {code} and no answer"
        ) from error
    if answer.run is None:
        if answer.code == _UNTRUSTED:
            raise TrustError([f"{shown}: {answer.message}"])
        raise _ERRORS.get(answer.code, ExecutionError)(f"{shown}: {answer.message}")
    return BaseRun(answer.run, answer.spent_usd)


def _see_that_it_serves(python: Path) -> None:
    """See that an interpreter has this genaiops, before it says in its own words that it has not.

    Raises:
        InputError: it has none or another one, or cannot be run.
    """
    command = [str(python), "-P", "-c", _VERSION]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  the user names it
    except OSError as error:
        raise InputError(f"--base-python {python}: {error.strerror}") from error
    found, wanted = told.stdout.strip(), genaiops.__version__
    if told.returncode or found != wanted:
        has = f"has genaiops {found}" if found else "has no genaiops"
        raise InputError(
            f"--base-python {python}: {has}; install genaiops {wanted} there, with Python 3.11 or "
            "newer"
        )


def _waited_for(process: subprocess.Popen[str]) -> tuple[str, int]:
    """What it wrote, and its code; after Ctrl-C, which it hears too, it may end in order."""
    with process:
        try:
            out, _ = process.communicate()
        except KeyboardInterrupt:
            process.wait()
            raise
        return out, process.returncode
