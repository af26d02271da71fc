"""What an image installs: what a release needs, and the versions that are installed here."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires, version

_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"\bextra\s*==\s*['\"]([^'\"]+)['\"]")


def requirements_of(packages: Mapping[str, str], extras: Iterable[str]) -> tuple[str, ...]:
    """The package genaiops with extras, and the other packages of a release, with versions."""
    chosen = ",".join(sorted(extras))
    own = f"genaiops[{chosen}]" if chosen else "genaiops"
    others = sorted(packages.keys() - {"genaiops", "python"})
    return (
        f"{own}=={packages['genaiops']}",
        *(f"{name}=={packages[name]}" for name in others),
    )


def pins_of(requirements: Iterable[str]) -> tuple[str, ...]:
    """The versions of all that is installed here of what these lines need, at any depth.

    What is needed on other systems alone is not installed, and left out.
    """
    found: dict[str, str] = {}
    waiting = [_asked(line) for line in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        asked = waiting.pop()
        name, extras = asked
        if asked in seen:
            continue
        seen.add(asked)
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
        waiting += [_asked(line) for line in requires(name) or () if _is_asked(line, extras)]
    return tuple(f"{name}=={found[name]}" for name in sorted(found))


def _asked(line: str) -> tuple[str, frozenset[str]]:
    match = _REQUIREMENT.match(line)
    if match is None:
        return line, frozenset()
    extras = frozenset(part.strip() for part in (match[2] or "").split(",") if part.strip())
    return re.sub(r"[-_.]+", "-", match[1]).lower(), extras


def _is_asked(line: str, extras: frozenset[str]) -> bool:
    named = _EXTRA.findall(line)
    return not named or any(name in extras for name in named)
