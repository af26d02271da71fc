"""Somebody's own function, read without running it, and the columns that its parameters get."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from genaiops.datasets import Dataset
from genaiops.errors import InputError, suggest
from genaiops.project.code import (
    Function,
    find_code,
    function_of,
    functions_of,
    parse_code,
    top_level,
)

_Definition = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A function of a project's file, by the reference that names it."""

    reference: str
    file: Path
    declared: Function


def read_function(reference: str, root: Path) -> OwnFunction:
    """Look at the function behind `app:answer`; its decorators are taken to keep its parameters.

    Raises:
        InputError: there is no such file or function, or it is nothing that a case can be given to.
    """
    code = find_code(reference, folder=root, root=root)
    if code.file is None:
        raise InputError(
            f"{reference} is installed and no file of this project; write a function here that "
            "calls it, and name that"
        )
    shown = code.file.relative_to(root).as_posix()
    tree = parse_code(code.file, shown)
    definition = _definition(tree, code.attribute)
    if definition is None:
        raise InputError(_no_function(tree, code.attribute, shown))
    place = f"{shown}:{definition.lineno}: {code.attribute}"
    if any(_yields(definition.body)):
        raise InputError(f"{place} yields; write a function that returns the whole answer")
    declared = function_of(definition)
    if declared.takes_run and not isinstance(definition, ast.AsyncFunctionDef):
        raise InputError(f"{place} takes the run, so it must be written with `async def`")
    if not (declared.required or declared.optional or declared.takes_any):
        raise InputError(
            f"{place} takes nothing of a case, so all answers would be the same; give it a "
            "parameter such as `question`"
        )
    return OwnFunction(reference, code.file, declared)


def map_columns(reference: str, declared: Function, dataset: Dataset) -> Mapping[str, str]:
    """Which input of the cases each parameter gets, where that does not follow from its name.

    Raises:
        InputError: a parameter gets none; the message has the columns and what to do.
    """
    columns = dataset.names("inputs")
    if declared.takes_any and not declared.required:
        return {column: column for column in columns}
    alike = {_loosely(column): column for column in columns}
    mapped = {
        name: alike[_loosely(name)]
        for name in (*declared.required, *declared.optional)
        if name not in columns and _loosely(name) in alike
    }
    missing = [name for name in declared.required if name not in columns and name not in mapped]
    if missing and len(declared.required) == len(columns) == 1:
        return {missing[0]: columns[0]}
    if missing:
        needed = ", ".join(repr(name) for name in missing)
        raise InputError(
            f"{reference} needs {needed}, which {dataset.shown} does not give: its inputs "
            f"are {', '.join(map(repr, columns))}. Rename a column, give the parameter a default, "
            f"or write a function that takes what there is"
        )
    return mapped


def _loosely(name: str) -> str:
    return name.replace("_", "").casefold()


def _definition(tree: ast.Module, name: str) -> _Definition | None:
    """The last definition of a name at the top of a module, as Python has it."""
    found = [
        statement
        for statement in top_level(tree.body)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name
    ]
    return found[-1] if found else None


def _no_function(tree: ast.Module, name: str, shown: str) -> str:
    known = functions_of(tree)
    functions = [each for each in known if _definition(tree, each) is not None]
    own, _, inner = name.partition(".")
    if own not in known:
        return f"{shown} has no function {own!r}{suggest(own, functions)}"
    for statement in top_level(tree.body):
        if isinstance(statement, ast.ClassDef) and statement.name == own:
            what = f"{name!r} belongs to a class" if inner else f"{name!r} is a class"
            return f"{shown}:{statement.lineno}: {what}; write a function that calls it"
        if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            for alias in statement.names:
                if own == (alias.asname or alias.name):
                    there = f"{statement.module}:{alias.name}"
                    return f"{shown} imports {own!r}; name it where it is written: {there}"
    return f"{shown}: {name!r} is not written with `def`; write a function that calls it"


def _yields(body: list[ast.stmt]) -> Iterator[bool]:
    """True for each `yield` of a function's own."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            yield True
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))
