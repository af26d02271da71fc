"""Where a project is: the nearest folder upwards with `genaiops.yaml`."""

from pathlib import Path

from genaiops.errors import InputError

PROJECT_FILE = "genaiops.yaml"


def find_project_file(start: Path, named: Path | None = None) -> Path:
    """The project file: the one that is named (a file, or its folder), else the nearest upwards.

    Its folder is the project root.

    Raises:
        InputError: there is none; the message says how to begin.
    """
    if named is not None:
        file = named / PROJECT_FILE if named.is_dir() else named
        if not file.is_file():
            raise InputError(f"there is no project file {str(file)!r}; name one by -c FILE")
        return file.resolve()
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder / PROJECT_FILE
    raise InputError(
        f"no {PROJECT_FILE} in {here} or above it; begin a project with `genaiops init`, or name "
        f"one by -c FILE"
    )
