"""What is installed: the versions of genaiops, of what it needs, and of its extras."""

import platform
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, requires, version

from genaiops import __version__

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)[^;]*(?:;.*\bextra == ['\"]([^'\"]+)['\"])?")
_LEFT_OUT = {"all", "dev"}


@dataclass(frozen=True, slots=True)
class Package:
    """A package that genaiops can use; `version` is None where it is not installed."""

    name: str
    version: str | None


@dataclass(frozen=True, slots=True)
class Extra:
    """An optional part of the installation."""

    name: str
    packages: tuple[Package, ...]

    @property
    def is_installed(self) -> bool:
        """Whether all of its packages are there."""
        return all(package.version is not None for package in self.packages)

    @property
    def remedy(self) -> str:
        """The line that installs it."""
        return f'pip install "genaiops[{self.name}]"'


@dataclass(frozen=True)
class Installation:
    """What of the package is there; `requirements` are those of its metadata."""

    requirements: tuple[str, ...]
    genaiops: str = __version__
    python: str = platform.python_version()
    system: str = f"{platform.system()} {platform.machine()}"

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """What every installation needs."""
        return self._by_extra.get("", ())

    @cached_property
    def extras(self) -> tuple[Extra, ...]:
        """The optional parts, by name, without those for developers of genaiops."""
        names = sorted(self._by_extra.keys() - {""} - _LEFT_OUT)
        return tuple(Extra(name, self._by_extra[name]) for name in names)

    def part(self, name: str) -> Extra:
        """An optional part; one that the metadata does not know has no packages."""
        return Extra(name, self._by_extra.get(name, ()))

    @cached_property
    def _by_extra(self) -> dict[str, tuple[Package, ...]]:
        found: dict[str, tuple[Package, ...]] = {}
        for line in self.requirements:
            if match := _REQUIREMENT.match(line):
                extra = match[2] or ""
                package = Package(match[1], _version(match[1]))
                found[extra] = (*found.get(extra, ()), package)
        return found


def read_installation() -> Installation:
    """What is installed beside this package."""
    try:
        return Installation(tuple(requires("genaiops") or ()))
    except PackageNotFoundError:  # a folder of sources on the path
        return Installation(())


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
