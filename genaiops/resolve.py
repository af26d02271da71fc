"""A name becomes an object: modules, extras and the Python files of a flow load here, on use."""

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from genaiops.digests import digest_bytes
from genaiops.errors import InputError, MissingExtra


def load_attribute(name: str) -> object:
    """The object that `package.module:attribute` names.

    Raises:
        InputError: the name has another form, the module is not there or does not load, or it has
            no such attribute.
    """
    module_name, colon, attribute = name.partition(":")
    if not (colon and module_name and attribute):
        raise InputError(f"{name!r} names no object; write package.module:attribute")
    module = _loaded(lambda: import_module(module_name), module_name)
    return _attribute(module, attribute, module_name)


def load_extra(module: str, feature: str, extra: str) -> ModuleType:
    """Import a module that needs an optional dependency.

    Raises:
        MissingExtra: a package outside of genaiops is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "genaiops":
            raise
        raise MissingExtra(feature, extra) from error


def load_file_attribute(path: Path, attribute: str) -> object:
    """A public name of a Python file, such as the function `clean` of a flow's `nodes.py`.

    The file runs once for each content that it has had, as a module of its own. `sys.path` stays as
    it is, and bytecode is neither read nor written.

    Raises:
        InputError: there is no such file, it does not load, or it has no such attribute.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    place = path.resolve()
    identity = digest_bytes(str(place).encode() + bytes(1) + content)
    name = f"genaiops_file_{identity[:16]}"
    module = sys.modules.get(name) or _loaded(lambda: _run_file(place, name), str(path))
    return _attribute(module, attribute, str(path))


def file_of(function: object) -> Path | None:
    """The file that defines a function; None where it stands in none, as in a notebook."""
    try:
        named = inspect.getsourcefile(_unwrapped(function))
    except TypeError:
        return None
    return Path(named) if named and Path(named).is_file() else None


def source_of(function: object) -> bytes | None:
    """The file that defines a function, or its own source where it stands in no file.

    None where neither can be read, as for what comes with Python itself.
    """
    file = file_of(function)
    try:
        if file is not None:
            return file.read_bytes()
        return inspect.getsource(_unwrapped(function)).encode()
    except (OSError, TypeError):
        return None


def _unwrapped(function: object) -> Callable[..., object]:
    if not callable(function):
        raise TypeError(f"{function!r} is no function")
    return inspect.unwrap(function)


class SourceOnly(SourceFileLoader):
    """Reads no bytecode, which could differ from the source that was looked at, and writes none."""

    def path_stats(self, path: str) -> dict[str, float]:
        """No state of a source, so that its bytecode is not looked for."""
        raise OSError(f"no bytecode for {path}")


def _run_file(path: Path, name: str) -> ModuleType:
    spec = spec_from_file_location(name, path, loader=SourceOnly(name, str(path)))
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and annotations look their module up here
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _loaded(load: Callable[[], ModuleType], name: str) -> ModuleType:
    """Load, and turn whatever the module's own code raises into an InputError with its place."""
    try:
        return load()
    except InputError:
        raise
    except SyntaxError as error:
        place = f"{error.filename}:{error.lineno}"
        raise InputError(f"{place}: {error.msg}; {name} does not load") from error
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise InputError(
                f"there is no module {name!r}: check the name, and that its folder is installed or "
                f"on the path of Python"
            ) from error
        raise InputError(
            f"{name} does not load: it imports {error.name!r}, which is not installed"
        ) from error
    except Exception as error:  # a user's module may raise anything on import
        raise InputError(
            f"{_last_place(error)}: {name} does not load: {type(error).__name__}: {error}"
        ) from error


def _last_place(error: Exception) -> str:
    """The file:line that raised."""
    frame = extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _attribute(module: ModuleType, attribute: str, name: str) -> object:
    found: object = module
    for step in attribute.split("."):
        if not hasattr(found, step):
            public = [known for known in dir(found) if not known.startswith("_")]
            raise InputError.unknown(f"attribute of {name}", step, public)
        found = getattr(found, step)
    return found
