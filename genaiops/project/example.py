"""The example that ships: at the root of a checkout, or inside an installed package."""

import shutil
from pathlib import Path

from genaiops.errors import InputError, StoreError
from genaiops.project.root import PROJECT_FILE

EXAMPLE = ("genaiops.yaml", "catalog.yaml", "catalog.lock", "flows", "evals", "indexes", "datasets")
FOLDER = "genaiops-demo"
_PACKAGE = Path(__file__).resolve().parents[1]


def example_source() -> Path:
    """Where the example stands.

    Raises:
        InputError: this installation does not carry it.
    """
    for place in (_PACKAGE / "example", _PACKAGE.parent):
        if all((place / name).exists() for name in EXAMPLE):
            return place
    raise InputError("this installation does not carry the example; install genaiops again")


def example_project(working: Path) -> Path:
    """The project file of the example: in its own checkout, else of a copy that is made here.

    Raises:
        InputError: this installation does not carry the example.
        StoreError: the copy cannot be written.
    """
    source = example_source()
    if working.resolve().is_relative_to(source) and source != _PACKAGE / "example":
        return source / PROJECT_FILE
    target = working / FOLDER
    try:
        for name in EXAMPLE:
            _copy(source / name, target / name)
    except OSError as error:
        raise StoreError(f"{error.filename}: cannot be written: {error.strerror}") from error
    return target / PROJECT_FILE


def _copy(source: Path, target: Path) -> None:
    """Copy what is not there yet; what was changed since stays changed."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
