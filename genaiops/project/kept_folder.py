"""The folder in which a project keeps what was made for it: its store, indexes and batches."""

from contextlib import suppress
from pathlib import Path

from genaiops.errors import InputError
from genaiops.project.git import Git
from genaiops.project.root import KEPT_FOLDER

_IGNORE = ".gitignore"
_ANYBODYS = ("-c", "safe.directory=*")
"""A list of files runs nothing, so it may be asked of a repository that another user owns."""
_NO_REPOSITORY = "not a git repository"


def refuse_planted(root: Path) -> None:
    """Refuse to read or write what a project may have brought along in the place of one's own.

    Raises:
        InputError: the folder leads out of the project, or git has something of it.
    """
    folder = root / KEPT_FOLDER
    if folder.is_symlink() or folder.exists():
        _refuse_links_out(root, folder)
        _refuse_committed(root, folder)


def keep_out_of_git(folder: Path) -> None:
    """Make the folder, where it is missing, such that git leaves it out."""
    ignore = folder / _IGNORE
    with suppress(OSError):  # what cannot be written is told by the store
        if not ignore.exists():
            folder.mkdir(exist_ok=True)
            ignore.write_text("*\n", "utf-8")


def _refuse_links_out(root: Path, folder: Path) -> None:
    within = ("*", "batches/*", "indexes/*", "indexes/*/*", "redteam/*", "releases/*")
    for path in (folder, *(found for part in within for found in folder.glob(part))):
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            shown = path.relative_to(root).as_posix()
            raise InputError(
                f"{shown!r} is a link out of the project, where results would be written: "
                f"remove the link"
            )


def _refuse_committed(root: Path, folder: Path) -> None:
    """Answers that came with a commit would be taken for recorded ones, whoever wrote them."""
    if not any((place / ".git").exists() for place in (root, *root.resolve().parents)):
        return
    try:
        answer = Git(root).ask(*_ANYBODYS, "ls-files", "-z", "--", folder.name)
    except InputError:  # without git nothing was checked out by it
        return
    if answer.code and _NO_REPOSITORY not in answer.told:
        raise InputError(
            f"whether {folder.name!r} came with a commit cannot be seen, so its recorded answers "
            f"are not used: git ls-files: {answer.told}"
        )
    names = [name for name in answer.out.decode("utf-8", "replace").split("\0") if name]
    planted = [name for name in names if name != f"{folder.name}/{_IGNORE}"]
    if planted:
        raise InputError(
            f"{planted[0]!r} is in git: recorded answers and runs that come with a repository may "
            f"be anybody's. Take it out by `git rm -r --cached {folder.name}`, and unless it is "
            f"your own remove it by `rm -r {folder.name}`: the next run makes a new one"
        )
