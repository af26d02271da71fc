"""A git repository of a test's own: a project, commits, branches, and nothing of the user's git."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A folder under git."""

    root: Path

    @classmethod
    def begin(cls, root: Path) -> "Repository":
        """A repository with all files of the folder in its first commit, on main."""
        made = cls(root)
        made.git("init", "-q", "-b", "main")
        made.commit()
        return made

    def git(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603  words of tests
            ["git", *arguments],  # noqa: S607  the git that is installed
            cwd=self.root,
            env={**os.environ, **_ALONE},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | None] | None = None) -> str:
        """Write or remove files, commit all, and give the commit."""
        for name, text in (files or {}).items():
            path = self.root / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, files: Mapping[str, str | None]) -> str:
        """A branch of main with one more commit, checked out."""
        self.git("checkout", "-q", "-b", name, "main")
        return self.commit(files)
