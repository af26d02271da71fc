"""The commit that a branch began at: what `--against git:main` compares with."""

import re
from dataclasses import dataclass
from pathlib import Path

from genaiops.errors import InputError
from genaiops.project.git import Git

_SHOWN = 10
_BRANCH = re.compile(r"\w(?:[\w/-]|\.(?!\.))*\Z")


@dataclass(frozen=True, slots=True)
class Base:
    """A commit of the repository around a project.

    `ref` is how it was named, `commit` where the branches of it and of HEAD parted. `folder` is the
    project within the repository, empty or with a slash at its end.
    """

    ref: str
    commit: str
    folder: str
    is_tip: bool
    is_head: bool

    @property
    def shown(self) -> str:
        """With its commit: `main (4be2f01a77)`."""
        return f"{self.ref} ({self.commit[:_SHOWN]})"

    @property
    def told(self) -> str:
        """What is compared with what."""
        parted = f", {self.ref}" if self.is_tip else f", where this branch left {self.ref}"
        same = "; HEAD is that commit, so only what is not committed differs"
        here = f"compared: the working tree with commit {self.commit[:_SHOWN]}{parted}"
        return f"{here}{same if self.is_head else ''}"


def find_base(root: Path, ref: str) -> Base:
    """The merge base of HEAD and what is named by a branch, a tag or a commit.

    Raises:
        InputError: there is no git, no repository, no such commit, or nothing in common with it.
    """
    git = Git(root)
    if not ref or ref.startswith("-"):
        raise InputError(f"--against git:{ref}: name a branch, a tag or a commit, as git:main")
    inside = git.ask("rev-parse", "--show-prefix")
    if inside.code:
        raise InputError(f"--against git:{ref}: {inside.told}")
    head = _commit(git, "HEAD")
    if head is None:
        raise InputError(f"--against git:{ref}: this repository has no commit yet")
    tip = _commit(git, ref)
    if tip is None:
        raise InputError(_unknown(git, ref))
    parted = git.ask("merge-base", head, tip)
    if parted.code or not parted.text:
        raise InputError(_nothing_in_common(git, ref))
    commit = parted.text
    return Base(
        ref=ref,
        commit=commit,
        folder=inside.text,
        is_tip=commit == tip,
        is_head=commit == head,
    )


def _commit(git: Git, name: str) -> str | None:
    found = git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return found.text if found.code == 0 else None


def _unknown(git: Git, ref: str) -> str:
    lead = f"--against git:{ref}: there is no commit {ref!r} here"
    names = git.ask("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes")
    known = [name for name in names.text.splitlines() if name]
    remote = ref.removeprefix("origin/")
    if not _BRANCH.match(remote):  # such as HEAD~3: nothing that could be fetched by this name
        is_shallow = _is_shallow(git)
        return f"{lead}{': this clone is shallow; git fetch --unshallow' if is_shallow else ''}"
    if f"origin/{ref}" in known:
        return f"{lead}; origin/{ref} is: --against git:origin/{ref}"
    return f"{lead}; fetch it first: git fetch origin {remote}{_of_shallow(git, remote)}"


def _nothing_in_common(git: Git, ref: str) -> str:
    lead = f"--against git:{ref}: no commit is known that HEAD and {ref!r} have in common"
    more = _of_shallow(git, ref.removeprefix("origin/"))
    return f"{lead}{more}" if more else f"{lead}: their histories are unrelated"


def _of_shallow(git: Git, branch: str) -> str:
    if not _is_shallow(git):
        return ""
    return (
        ": this clone is shallow; fetch the history: git fetch --unshallow origin "
        f"+{branch}:refs/remotes/origin/{branch} (in GitHub Actions: fetch-depth: 0 of checkout)"
    )


def _is_shallow(git: Git) -> bool:
    return git.ask("rev-parse", "--is-shallow-repository").text == "true"
