"""Prompt files that the command line names: labels, reading, and the columns that they need."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from genaiops.errors import InputError, suggest
from genaiops.prompts import Prompt, load_prompt

_SUFFIXES = (".md", ".txt", ".jinja", ".j2", ".prompt")


def label_prompts(paths: Sequence[Path]) -> dict[str, Path]:
    """A short name for each prompt: its stem, with its folder where two have the same.

    Raises:
        InputError: a prompt is named twice.
    """
    stems = [slug(path.stem) for path in paths]
    found: dict[str, Path] = {}
    for path, stem in zip(paths, stems, strict=True):
        is_clear = stems.count(stem) == 1
        label = stem if is_clear else slug("-".join((*path.parent.parts[-2:], stem)))
        if label in found:
            raise InputError(_named_twice(label, found[label], path))
        found[label] = path
    return found


def _named_twice(label: str, first: Path, second: Path) -> str:
    if first == second:
        return f"-p {second}: {first} is named already; name each prompt once"
    return f"-p {second}: it would be called {label!r}, as {first} is; rename one of the files"


def read_prompt(path: Path) -> Prompt:
    """The prompt behind `-p`.

    Raises:
        InputError: it is a folder, is not there, or is no prompt.
    """
    if path.is_dir():
        inside = sorted(p.name for p in path.iterdir() if p.suffix in _SUFFIXES)
        listed = f": {', '.join(inside[:8])}" if inside else ""
        raise InputError(f"-p {path} is a folder; name the prompt files in it{listed}")
    if not path.exists():
        around = path.parent.iterdir() if path.parent.is_dir() else ()
        near = [p.name for p in around if p.suffix in _SUFFIXES]
        hint = suggest(path.name, near) if near else ""
        raise InputError(f"-p {path}: there is no such file{hint}")
    return load_prompt(path, str(path))


def variables_from(prompt: Prompt, columns: Sequence[str], shown: str) -> dict[str, JsonValue]:
    """The columns that a prompt names, as references for `with`.

    Raises:
        InputError: the prompt needs what is no column of the data.
    """
    missing = sorted(prompt.required - {*columns})
    if missing:
        is_table = shown.endswith((".csv", ".tsv"))
        raise InputError(
            f"{prompt.shown} needs {{{{ {missing[0]} }}}}, and {shown} has no such column"
            f"{suggest(missing[0], columns)}"
            f"{'; the first line of a table names its columns' if is_table else ''}"
        )
    return {name: f"${{inputs.{name}}}" for name in columns if name in prompt.variables}


def notes_on(prompts: Mapping[str, Prompt]) -> tuple[str, ...]:
    """A note for each prompt that says the same as another one."""
    first: dict[str, str] = {}
    notes: list[str] = []
    for label, prompt in prompts.items():
        other = first.setdefault(prompt.digest, label)
        if other != label:
            notes.append(f"{other} and {label} are the same prompt: so are their calls")
    return tuple(notes)


def slug(text: str) -> str:
    """A text as it may stand in the name of a file or a variant."""
    return re.sub(r"\W+", "-", text).strip("-") or "data"
