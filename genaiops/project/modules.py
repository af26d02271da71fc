"""The Python modules of a project: found by its own import statements, and by nothing else.

`sys.path` stays as it is, so that a file of the project, such as `numpy.py`, is never what genaiops
itself imports by that name.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from genaiops.digests import digest_bytes
from genaiops.project.code import CodeReference, imported_files
from genaiops.resolve import SourceOnly, load_attribute, load_file_attribute


def load_own(code: CodeReference, file: Path, root: Path) -> object:
    """The object behind a reference to the project's own code, whose imports are found as well.

    Code is loaded anew where one of these files changed since. A module of this name that the
    process has from elsewhere stays what it is; the project's is loaded beside it.

    Raises:
        InputError: the code does not load, or has no such attribute.
    """
    place = code.text.rpartition(":")[0]
    is_file = place.endswith(".py")
    files = [path for path in imported_files(file, root) if not (is_file and path == file)]
    finder = _finder()
    finder.offer({_module_name(path, root): path for path in files}, root)
    finder.forget_changed()
    if is_file or _is_taken(place, file):
        return load_file_attribute(file, code.attribute)
    return load_attribute(code.text)


class _OwnModules(MetaPathFinder):
    """Finds the modules that were offered, and the folders above them."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._files: dict[str, Path] = {}
        self._folders: dict[str, Path] = {}
        self._loaded: dict[str, tuple[Path, str]] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  the protocol has it
        target: ModuleType | None = None,  # noqa: ARG002  the protocol has it
    ) -> ModuleSpec | None:
        file = self._files.get(fullname)
        if file is not None:
            self._loaded[fullname] = _state(file)
            inside = [str(file.parent)] if file.name == "__init__.py" else None
            loader = SourceOnly(fullname, str(file))
            return spec_from_file_location(
                fullname, file, loader=loader, submodule_search_locations=inside
            )
        if fullname in self._folders:
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(self._folders[fullname])]
            return spec
        return None

    def offer(self, files: Mapping[str, Path], root: Path) -> None:
        """Find these too, and those of another project no longer."""
        if root != self._root:
            self._root = root
            self._files.clear()
            self._folders.clear()
        self._files.update(files)
        for name in files:
            self._folders.update(_folders_above(name, root))

    def forget_changed(self) -> None:
        """Forget all code of projects where some of it changed: the rest may hold on to that."""
        if all(self._is_as_loaded(name) for name in self._loaded):
            return
        self._loaded.clear()
        for name, module in list(sys.modules.items()):
            spec = getattr(module, "__spec__", None)
            if spec is not None and isinstance(spec.loader, SourceOnly):
                del sys.modules[name]

    def _is_as_loaded(self, name: str) -> bool:
        file = self._files.get(name)
        return file is not None and self._loaded[name] == _state(file)


def _finder() -> _OwnModules:
    """The one of this process, made on first use."""
    for found in sys.meta_path:
        if isinstance(found, _OwnModules):
            return found
    finder = _OwnModules()
    sys.meta_path.insert(0, finder)
    return finder


def _folders_above(name: str, root: Path) -> dict[str, Path]:
    """Folders on the way to a module; without an `__init__.py` they are packages all the same."""
    parts = name.split(".")
    return {".".join(parts[:n]): root.joinpath(*parts[:n]) for n in range(1, len(parts))}


def _module_name(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_taken(name: str, file: Path) -> bool:
    module = sys.modules.get(name)
    known = getattr(module, "__file__", None)
    return module is not None and (known is None or Path(known).resolve() != file.resolve())


def _state(file: Path) -> tuple[Path, str]:
    """Which file, with which content; one that is gone has none."""
    try:
        return file, digest_bytes(file.read_bytes())
    except OSError:
        return file, ""
