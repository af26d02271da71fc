"""The user's own git, asked about a repository: no hook, no filter and no network is used."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from genaiops.errors import ExecutionError, InputError
from genaiops.project.environment import process_environment

_QUIET = ("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false")
_OURS = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
"""What git sets for a hook; here the folder alone says which repository is meant."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What git said; `told` is its complaint, without the word `fatal`."""

    code: int
    out: bytes
    told: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "replace").strip()


@dataclass(frozen=True, slots=True)
class Git:
    """Git in a folder. What it is given is never an option: names go behind `--end-of-options`."""

    folder: Path

    def ask(self, *arguments: str) -> Answer:
        """What git answers, which may be that it cannot.

        Raises:
            InputError: git is not installed.
        """
        try:
            done = subprocess.run(  # noqa: S603  git; names stand behind --end-of-options
                self.command(*arguments),
                env=git_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise InputError("git is not installed: it has the commit to compare with") from None
        complaint = done.stderr.decode("utf-8", "replace").strip()
        return Answer(done.returncode, done.stdout, complaint.removeprefix("fatal: "))

    def said(self, *arguments: str) -> str:
        """What git answers to what it must know.

        Raises:
            ExecutionError: it cannot answer.
        """
        answer = self.ask(*arguments)
        if answer.code:
            raise ExecutionError(f"git {arguments[0]} in {self.folder}: {answer.told}")
        return answer.text

    def command(self, *arguments: str) -> list[str]:
        """The words of a process that asks git."""
        return ["git", "-C", str(self.folder), *_QUIET, *arguments]


def git_environment() -> dict[str, str]:
    """The variables of a process that asks git."""
    known = process_environment()
    return {**{name: v for name, v in known.items() if name not in _OF_A_HOOK}, **_OURS}
