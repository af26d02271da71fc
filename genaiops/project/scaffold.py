"""A first project: small, of the shape of a real one, and working at once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genaiops.errors import InputError, StoreError
from genaiops.specs.schemas import FILES, write_schemas

SCHEMAS = ".genaiops/schemas"

_STARTER = Path(__file__).parent / "starter"
_FILES = {
    "genaiops.yaml": "the project: its name, its seed",
    "catalog.yaml": "the models that flows may use",
    "flows/assistant/flow.yaml": "a flow: search the handbook, then answer",
    "flows/assistant/prompts/answer.md": "the prompt of its answer",
    "indexes/handbook.yaml": "how the handbook is cut and searched",
    "datasets/handbook/": "the handbook: six articles of a public library",
    "datasets/handbook.jsonl": "24 questions with their answers and passages",
    "datasets/handbook.card.yaml": "what is known of these questions",
    "evals/assistant.yaml": "the evaluation: metrics and gates",
    "gitignore": "keeps runs and keys out of git",
}
_NAMES = {"gitignore": ".gitignore"}
_EDITOR = ".vscode/settings.json"


@dataclass(frozen=True, slots=True)
class Written:
    """A file or folder of a new project, with a line that says what it is for."""

    path: str
    purpose: str


def init(folder: Path, name: str) -> tuple[Written, ...]:
    """Write a new project into a folder, and say what was written.

    Raises:
        InputError: such files are there already, or the name is empty; nothing is written then.
        StoreError: the folder cannot be written.
    """
    if not name.strip():
        raise InputError("a project needs a name")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder")
    contents = dict(_contents(name))
    there = [path for path in (*contents, SCHEMAS) if (folder / path).exists()]
    if there:
        raise InputError(
            f"{folder} already has {', '.join(there)}; nothing was written. Choose another folder"
        )
    try:
        for path, content in contents.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        write_schemas(folder / SCHEMAS)
    except OSError as error:
        raise StoreError(f"{error.filename}: cannot be written: {error.strerror}") from error
    return (
        *(Written(_NAMES.get(path, path), purpose) for path, purpose in _FILES.items()),
        Written(_EDITOR, "lets editors complete these files by their schemas"),
        Written(f"{SCHEMAS}/", "the schemas; renewed by genaiops check --schema"),
    )


def _contents(name: str) -> Iterator[tuple[str, bytes]]:
    """Each file of a new project with its bytes, by its path from the root."""
    for listed in _FILES:
        source = _STARTER / listed
        for path in sorted(source.iterdir()) if source.is_dir() else (source,):
            shown = path.relative_to(_STARTER).as_posix()
            content = path.read_bytes()
            if shown == "genaiops.yaml":
                content = content.replace(b'"{name}"', json.dumps(name).encode())
            yield _NAMES.get(shown, shown), content
    yield _EDITOR, (json.dumps(_editor_settings(), indent=2) + "\n").encode()


def _editor_settings() -> dict[str, dict[str, list[str]]]:
    """The setting of the YAML extension that names the files of each schema."""
    return {
        "yaml.schemas": {
            f"{SCHEMAS}/{kind}.schema.json": list(globs) for kind, globs in FILES.items()
        }
    }
