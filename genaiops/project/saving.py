"""`--save`: the files that say what the command line said."""

from pathlib import Path

from pydantic import JsonValue

from genaiops.errors import InputError, StoreError
from genaiops.project.draft import Draft
from genaiops.project.root import PROJECT_FILE
from genaiops.specs.dump import dump_yaml

_IGNORED = "# runs and recorded calls\n.genaiops/\n"


def save_draft(draft: Draft, folder: Path) -> tuple[str, ...]:
    """Write a project that does the same again; the paths of its files, from the folder.

    Raises:
        InputError: it is a file, or such files are there already; nothing is written then.
        StoreError: the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--save {folder}: is a file; name a folder")
    contents = _contents(draft, folder)
    there = [path for path in contents if (folder / path).exists()]
    if there:
        raise InputError(
            f"--save {folder}: it already has {', '.join(there)}; nothing was written. Choose "
            "another folder"
        )
    try:
        for path, content in contents.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    except OSError as error:
        raise StoreError(f"{error.filename}: cannot be written: {error.strerror}") from error
    return tuple(contents)


def _contents(draft: Draft, folder: Path) -> dict[str, bytes]:
    specs: dict[str, JsonValue] = {
        PROJECT_FILE: {"name": folder.resolve().name or draft.name},
        f"evals/{draft.name}.yaml": draft.evaluation,
    }
    if draft.flow is not None:
        specs[f"flows/{draft.name}/flow.yaml"] = draft.flow
    if draft.catalog.get("models"):
        specs["catalog.yaml"] = draft.catalog
    copies = {path: source.read_bytes() for path, source in draft.copies.items()}
    written = {path: dump_yaml(value).encode() for path, value in specs.items()}
    return {**written, **copies, ".gitignore": _IGNORED.encode()}
