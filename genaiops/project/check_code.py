"""Functions that specs name: whether they are there, and take what they are given."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from genaiops.errors import InputError, suggest
from genaiops.project.code import Function, find_code, functions_of, parse_code


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """What is wrong with a reference to a function, or with one of the arguments it is given."""

    message: str
    argument: str | None = None


def code_problems(
    text: str, *, folder: Path, root: Path, given: Collection[str] | None = None
) -> Iterator[CodeProblem]:
    """The problems of a reference to a Python function; nothing is imported.

    `given` are the names of its keyword arguments, None where these are not known here.
    """
    try:
        code = find_code(text, folder=folder, root=root)
        if code.file is None:
            return
        shown = code.file.relative_to(root).as_posix()
        functions = functions_of(parse_code(code.file, shown))
    except InputError as error:
        yield CodeProblem(str(error))
        return
    name = code.attribute.partition(".")[0]
    if name not in functions:
        yield CodeProblem(f"{shown} has no function {name!r}{suggest(name, functions)}")
    declared = functions.get(name)
    if declared is not None and given is not None:
        yield from _argument_problems(text, declared, given)


def _argument_problems(
    text: str, declared: Function, given: Collection[str]
) -> Iterator[CodeProblem]:
    takes = (*declared.required, *declared.optional)
    for name in given:
        if name not in takes and not declared.takes_any:
            yield CodeProblem(f"{text} takes no argument {name!r}{suggest(name, takes)}", name)
    for name in declared.required:
        if name not in given:
            yield CodeProblem(f"{text} needs the argument {name!r}, which it is not given")
