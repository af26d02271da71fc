"""The Python modules of a project: found by its own import statements, and by nothing else.

`sys.path` stays as it is, so that a file of the project, such as `numpy.py`, is never what genaiops
itself imports by that name.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    process has from elsewhere stays what it is; the project's is loaded beside it. What is imported
    only when a function is called is found in the project that was loaded last.

    Raises:
        InputError: the code does not load, or has no such attribute.
    """
    place = code.text.rpartition(":")[0]
    is_file = place.endswith(".py")
    files = [path for path in imported_files(file, root) if not (is_file and path == file)]
    _finder().offer({_module_name(path, root): path for path in files}, root)
    if is_file or _is_taken(place, file):
        return load_file_attribute(file, code.attribute)
    return load_attribute(code.text)


@dataclass(slots=True)
class _Project:
    """The modules of one project.

    `files` and `folders` are where they are found, `loaded` the state of each file as it was read,
    `spaces` the folders that became packages. While another project is at work its modules are
    `aside`, since both may have some of the same name.
    """

    root: Path
    files: dict[str, Path] = field(default_factory=dict[str, Path])
    folders: dict[str, Path] = field(default_factory=dict[str, Path])
    loaded: dict[str, tuple[Path, str]] = field(default_factory=dict[str, tuple[Path, str]])
    spaces: set[str] = field(default_factory=set[str])
    aside: dict[str, ModuleType] = field(default_factory=dict[str, ModuleType])

    def put_aside(self) -> None:
        for name in {*self.loaded, *self.spaces} & sys.modules.keys():
            self.aside[name] = sys.modules.pop(name)

    def take_back(self) -> None:
        for name, module in self.aside.items():
            sys.modules.setdefault(name, module)
        self.aside.clear()

    def forget_changed(self) -> None:
        """Forget all of its code where some of it changed: the rest may hold on to that."""
        if all(self._is_as_loaded(name) for name in self.loaded):
            return
        self.loaded.clear()
        for name, module in list(sys.modules.items()):
            spec = getattr(module, "__spec__", None)
            if spec is not None and isinstance(spec.loader, SourceOnly) and self._has(spec.origin):
                del sys.modules[name]

    def _is_as_loaded(self, name: str) -> bool:
        file = self.files.get(name)
        return file is not None and self.loaded[name] == _state(file)

    def _has(self, origin: str | None) -> bool:
        return origin is not None and Path(origin).resolve().is_relative_to(self.root.resolve())


class _OwnModules(MetaPathFinder):
    """Finds the modules that were offered, and the folders above them, of one project at a time."""

    def __init__(self) -> None:
        self._projects: dict[Path, _Project] = {}
        self._now: _Project | None = None

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002  the protocol has it
        target: ModuleType | None = None,  # noqa: ARG002  the protocol has it
    ) -> ModuleSpec | None:
        now = self._now
        if now is None:
            return None
        file = now.files.get(fullname)
        if file is not None:
            now.loaded[fullname] = _state(file)
            inside = [str(file.parent)] if file.name == "__init__.py" else None
            loader = SourceOnly(fullname, str(file))
            return spec_from_file_location(
                fullname, file, loader=loader, submodule_search_locations=inside
            )
        if fullname in now.folders:
            now.spaces.add(fullname)
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(now.folders[fullname])]
            return spec
        return None

    def offer(self, files: Mapping[str, Path], root: Path) -> None:
        """Find these too, and no more those of another project, which keeps what it has loaded."""
        own = self._projects.setdefault(root, _Project(root))
        if own is not self._now:
            if self._now is not None:
                self._now.put_aside()
            own.take_back()
            self._now = own
        own.files.update(files)
        for name in files:
            own.folders.update(_folders_above(name, root))
        own.forget_changed()


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
