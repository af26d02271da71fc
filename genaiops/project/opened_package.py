"""A package that `release package` wrote, opened to be served: the release, and nothing else."""

import hashlib
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from genaiops.errors import InputError, StoreError
from genaiops.project.kept_folder import refuse_planted
from genaiops.project.session import Session, open_session
from genaiops.records.packages import Package
from genaiops.specs.serving import ServingSpec

PACKAGE_FILE = "package.json"
PROJECT_FOLDER = "project"


def open_package(folder: Path, state: Path | None, *, allowed: str | None = None) -> Session:
    """The project that a package holds, with its release; `state` keeps what serving writes.

    Raises:
        InputError: there is no package, it is of another version of genaiops, or there is no
            folder `state`.
        StoreError: a file of it is gone or was changed.
        SpecError: this version of genaiops reads its files no more.
    """
    package, serving = read_package(folder)
    root = (folder / PROJECT_FOLDER).resolve()
    _refuse_changed(package, root)
    if state is not None:
        if not state.is_dir():
            raise InputError(f"there is no folder {str(state)!r} to keep state in: make it first")
        refuse_planted(state)
    session = open_session(root, allowed=allowed)
    loaded = session.project.project
    spec = loaded.spec.model_copy(update={"serving": serving})
    project = replace(session.project, project=loaded._replace(spec=spec))
    return replace(
        session,
        project=project,
        home=state.resolve() if state else None,
        pinned=package.release.indexes,
        release=package.id,
    )


def read_package(folder: Path) -> tuple[Package, ServingSpec]:
    """What a package is of, and how it is served.

    Raises:
        InputError: there is none, or it is of another version of genaiops.
    """
    file = folder / PACKAGE_FILE
    try:
        package = Package.model_validate_json(file.read_bytes())
        return package, ServingSpec.model_validate(package.serving)
    except OSError as error:
        told = f"{file}: {error.strerror}: name a folder that genaiops release package wrote"
        raise InputError(told) from error
    except ValidationError as error:
        raise InputError(f"{file} is no package of this version of genaiops") from error


def _refuse_changed(package: Package, root: Path) -> None:
    release = package.release
    for name, sha256 in {**release.files, **release.held}.items():
        try:
            with (root / name).open("rb") as file:
                is_whole = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError as error:
            told = f"{name} of release {package.id} cannot be read: {error.strerror}"
            raise StoreError(told) from error
        if not is_whole:
            raise StoreError(f"{name} is not what release {package.id} holds: package it again")
