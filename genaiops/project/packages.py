"""The versions of what is installed that a flow runs with."""

import platform
import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions, version
from pathlib import Path

from genaiops import __version__
from genaiops.project.code import find_code, imported_files, modules_in
from genaiops.project.wants import Used


def packages_of(used: Used, root: Path) -> dict[str, str]:
    """genaiops, and for code Python and the packages that it imports by the statement, sorted.

    Raises:
        InputError: Python code is not there, is no Python, or lies outside of the project.
    """
    own = {"genaiops": __version__}
    if not used.functions:
        return own
    codes = [find_code(text, folder=folder, root=root) for text, folder in used.functions]
    files = {file for code in codes if code.file for file in imported_files(code.file, root)}
    installed = {code.text.partition(":")[0].partition(".")[0] for code in codes if not code.file}
    python = ".".join(platform.python_version_tuple()[:2])
    return {**own, "python": python, **_versions({*modules_in(files), *installed})}


def _versions(modules: Iterable[str]) -> dict[str, str]:
    """The distributions behind modules, with their versions; the standard library has none."""
    distributions = packages_distributions()
    names = {
        name
        for module in {*modules} - sys.stdlib_module_names
        for name in distributions.get(module, ())
    }
    return {name: version(name) for name in sorted(names)}
