"""The Python code of a project, looked at without running it."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from genaiops.errors import InputError

_REFERENCE = re.compile(r"(?:[^:]+\.py|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):[A-Za-z_]\w*(?:\.\w+)*\Z")


@dataclass(frozen=True, slots=True)
class Function:
    """A function as its source declares it, at a line counted from 1.

    `takes_run` where it asks for the run (`run: FlowContext`), which is not among its arguments.
    """

    line: int
    required: tuple[str, ...]
    optional: tuple[str, ...]
    takes_any: bool = False
    takes_run: bool = False


@dataclass(frozen=True, slots=True)
class CodeReference:
    """`nodes.py:clean`, with the file under its folder, or `package.module:function`.

    `file` is there for the second form too where the project itself holds the module.
    """

    text: str
    attribute: str
    file: Path | None


def is_python_flow(flow: str) -> bool:
    """Whether the `flow` of an evaluation is a Python function: `app:answer`, `nodes.py:answer`."""
    return _REFERENCE.match(flow) is not None


def find_code(text: str, *, folder: Path, root: Path) -> CodeReference:
    """What a reference to a Python function points at; nothing is imported.

    Raises:
        InputError: the text has another form, there is no such file or module, or the file lies
            outside of the project.
    """
    if not is_python_flow(text):
        raise InputError(
            f"{text!r} names no Python function; write nodes.py:function or package.module:function"
        )
    place, _, attribute = text.rpartition(":")
    if place.endswith(".py"):
        return CodeReference(text, attribute, project_file(folder / place, root))
    own = _module_file(place.split("."), root)
    if own is None and not _is_installed(place):
        raise InputError(
            f"there is no module {place!r} for {text!r}: neither in the project nor installed"
        )
    return CodeReference(text, attribute, project_file(own, root) if own else None)


def project_file(path: Path, root: Path) -> Path:
    """A file that is there and lies inside the project, with its links followed.

    Raises:
        InputError: it is not there, or a link leads out of the project.
    """
    shown = _shown(path, root)
    if path.is_dir():
        raise InputError(f"{shown!r} is a folder; name a file in it")
    if not path.is_file():
        raise InputError(f"there is no file {shown!r}")
    real, real_root = path.resolve(), root.resolve()
    if not real.is_relative_to(real_root):
        raise InputError(f"{shown!r} lies outside of the project; copy it into the project")
    return root / real.relative_to(real_root)


def parse_code(path: Path, shown: str) -> ast.Module:
    """The syntax tree of a Python file.

    Raises:
        InputError: the file is no Python; the message has the line.
    """
    try:
        return ast.parse(path.read_bytes(), filename=shown)
    except SyntaxError as error:
        raise InputError(f"{shown}:{error.lineno or 1}: {error.msg}") from error
    except ValueError as error:  # a null byte
        raise InputError(f"{shown}: {error}") from error


def functions_of(tree: ast.Module) -> Mapping[str, Function | None]:
    """The names at the top of a module; None for what is no plain function."""
    found: dict[str, Function | None] = {}
    for statement in top_level(tree.body):
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                plain = not statement.decorator_list
                found[statement.name] = function_of(statement) if plain else None
            case ast.ClassDef():
                found[statement.name] = None
            case ast.Import() | ast.ImportFrom():
                found |= dict.fromkeys(
                    (name.asname or name.name).partition(".")[0] for name in statement.names
                )
            case ast.Assign() | ast.AnnAssign():
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
                names = (node for target in targets for node in ast.walk(target))
                found |= dict.fromkeys(
                    n.id for n in names if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                )
            case _:
                pass
    return found


def imported_files(path: Path, root: Path) -> tuple[Path, ...]:
    """A Python file and the files of the project that it imports, directly or not, sorted.

    What code imports by other means than the statement is not seen.

    Raises:
        InputError: one of the files is no Python, or lies outside of the project.
    """
    seen: set[Path] = set()
    waiting = [path]
    while waiting:
        file = project_file(waiting.pop(), root)
        if file in seen:
            continue
        seen.add(file)
        tree = parse_code(file, _shown(file, root))
        waiting.extend(found for name in _imports(tree, file, root) for found in _along(name, root))
    return tuple(sorted(seen))


def modules_in(files: Iterable[Path]) -> frozenset[str]:
    """The outermost names of the modules that Python files import by the statement."""
    trees = (parse_code(file, file.name) for file in files)
    named = (name for tree in trees for node in ast.walk(tree) for name in _absolute_names(node))
    return frozenset(name.partition(".")[0] for name in named)


def texts_in(files: Iterable[Path]) -> frozenset[str]:
    """The texts that stand literally in Python files that parse."""
    found = (texts_of(parse_code(file, file.name)) for file in files)
    return frozenset(text for texts in found for text in texts)


def texts_of(tree: ast.Module) -> frozenset[str]:
    """The texts that stand literally in Python code."""
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, with those under its `if` and `try`."""
    for statement in body:
        yield statement
        for part in ("body", "orelse", "finalbody"):
            if isinstance(statement, ast.If | ast.Try):
                yield from top_level(getattr(statement, part, []))


def function_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    """What a definition declares."""
    declared = node.args
    positional = [*declared.posonlyargs, *declared.args]
    has_default = {id(each) for each in positional[len(positional) - len(declared.defaults) :]}
    for each, default in zip(declared.kwonlyargs, declared.kw_defaults, strict=True):
        has_default |= {id(each)} if default is not None else set()
    named = [*positional, *declared.kwonlyargs]
    own = [each for each in named if not _is_run(each)]
    return Function(
        line=node.lineno,
        required=tuple(each.arg for each in own if id(each) not in has_default),
        optional=tuple(each.arg for each in own if id(each) in has_default),
        takes_any=declared.kwarg is not None,
        takes_run=len(own) < len(named),
    )


def _is_run(parameter: ast.arg) -> bool:
    annotation = ast.unparse(parameter.annotation) if parameter.annotation else ""
    return parameter.arg == "run" or annotation.strip("'").endswith("FlowContext")


def _module_file(parts: list[str], root: Path) -> Path | None:
    """The file of a module that the project itself holds."""
    base = root.joinpath(*parts)
    candidates = (base.with_suffix(".py"), base / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


def _is_installed(module: str) -> bool:
    """Whether the package of a module is there; only its outermost name is looked up."""
    try:
        return find_spec(module.partition(".")[0]) is not None
    except ValueError:
        return False


def _imports(tree: ast.Module, file: Path, root: Path) -> Iterator[list[str]]:
    """The dotted names that a file's import statements may load, as parts from the root."""
    own = list(file.relative_to(root).parent.parts) if file.is_relative_to(root) else []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".") for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            around = own[: len(own) - node.level + 1] if node.level else []
            base = [*around, *(node.module or "").split(".")] if node.module else around
            yield from ([*base, name.name] for name in node.names)


def _absolute_names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import():
            yield from (name.name for name in node.names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module
        case _:
            pass


def _along(parts: list[str], root: Path) -> Iterator[Path]:
    """The files that importing a dotted name runs: its packages, and itself."""
    for count in range(1, len(parts) + 1):
        file = _module_file(parts[:count], root)
        if file is not None:
            yield file
