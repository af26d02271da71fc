"""The real command line in this process: what it wrote, and the code that it ended with."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from genaiops.cli.app import main

OURS = ("GENAIOPS_TRUST", "NO_COLOR", "FORCE_COLOR")


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Terminal:
    """Runs commands in a folder, 80 columns wide, with a trust book of its own."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: str = "") -> Done:
        out, err = io.StringIO(), io.StringIO()
        with self._place(), _reading(stdin), redirect_stdout(out), redirect_stderr(err):
            code = _exit_code(arguments)
        assert "Traceback" not in err.getvalue()
        return Done(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: str, stdin: str = "") -> str:
        """What a command that must succeed printed."""
        done = self(*arguments, stdin=stdin)
        assert done.code == 0, done
        return done.out

    @contextmanager
    def _place(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in OURS:
                patch.delenv(name, raising=False)
            patch.setenv("XDG_CONFIG_HOME", str(self.root / ".home"))
            patch.setenv("COLUMNS", "80")
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.root)
            yield


def _exit_code(arguments: tuple[str, ...]) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@contextmanager
def _reading(text: str) -> Iterator[None]:
    own = sys.stdin
    sys.stdin = io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = own
