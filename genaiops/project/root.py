"""Where a project is: the nearest folder upwards with `genaiops.yaml`, else with evaluations."""

import stat
from pathlib import Path

from genaiops.errors import InputError

PROJECT_FILE = "genaiops.yaml"
KEPT_FOLDER = ".genaiops"
"""What was made for a project: its store, indexes and batches."""

STORE_FILE = f"{KEPT_FOLDER}/store.sqlite"
RELEASES_FOLDER = f"{KEPT_FOLDER}/releases"
AUDIT_FILE = f"{RELEASES_FOLDER}/audit.jsonl"


def find_project_file(start: Path, named: Path | None = None, *, anywhere: bool = False) -> Path:
    """The project file: the one that is named (a file, or its folder), else the nearest upwards.

    Its folder is the project root. Where no `genaiops.yaml` stands upwards, the nearest folder with
    `evals/*.yaml` or with stored runs is a project too, and `anywhere` the start itself: the file
    that is given then is not there. A folder above where everybody may write, as `/tmp`, is none.

    Raises:
        InputError: there is none; the message says how to begin.
    """
    if named is not None:
        file = named / PROJECT_FILE if named.is_dir() else named
        if not file.is_file() and not (named.is_dir() and _is_project(named)):
            raise InputError(f"there is no project file {str(file)!r}; name one by -c FILE")
        return file.resolve()
    here = start.resolve()
    upwards = (here, *(folder for folder in here.parents if not _is_everybodys(folder)))
    for folder in upwards:
        if (folder / PROJECT_FILE).is_file():
            return folder / PROJECT_FILE
    for folder in upwards:
        if _is_project(folder):
            return folder / PROJECT_FILE
    if anywhere:
        return here / PROJECT_FILE
    raise InputError(
        f"no {PROJECT_FILE} and no evals/*.yaml in {here} or above it; begin a project with "
        f"`genaiops init`, or name one by -c FILE"
    )


def _is_project(folder: Path) -> bool:
    """Whether a folder is one without a project file."""
    return has_evals(folder) or (folder / STORE_FILE).is_file()


def _is_everybodys(folder: Path) -> bool:
    """Whether strangers may put files there, as into `/tmp`."""
    try:
        mode = folder.stat().st_mode
    except OSError:
        return True
    return bool(mode & stat.S_ISVTX and mode & stat.S_IWOTH)


def has_evals(folder: Path) -> bool:
    """Whether evaluations stand in a folder, which makes it a project without a project file."""
    return any((folder / "evals").glob("*.yaml"))


def repository_of(folder: Path) -> Path | None:
    """The root of the git repository around a folder; None where it is in none."""
    here = folder.resolve()
    return next((each for each in (here, *here.parents) if (each / ".git").exists()), None)
