"""Environment variables: those of the process, and those of the file that the project names."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from genaiops.errors import Fault, SpecError
from genaiops.specs.load import read_text

MAX_BYTES = 1_000_000

_ROUTING = re.compile(
    r"(?:(?:https?|all|no)_proxy|ssl_cert_(?:file|dir)|(?:requests|curl)_ca_bundle|hf_endpoint"
    r"|genaiops_\w+|otel_\w+)\Z",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)\Z", re.DOTALL)
_SINGLE = re.compile(r"'([^']*)'\s*(?:#.*)?\Z")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?\Z')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def process_environment() -> Mapping[str, str]:
    """A copy of the variables of this process: the one place where they are read."""
    return dict(os.environ)


def is_routing(name: str) -> bool:
    """Whether a variable says through whom requests go, or what genaiops itself does.

    Those are for the user to set: a file of a project could lead requests and keys astray by them.
    """
    return _ROUTING.match(name) is not None


def read_environment(
    root: Path, env_file: str | None, process: Mapping[str, str]
) -> dict[str, str]:
    """The variables of the process over those of the named file; without a name no file is read.

    Raises:
        SpecError: the file is missing, or lines of it are not `KEY=VALUE`.
    """
    return {**filed_variables(root, env_file, process), **process}


def filed_variables(root: Path, env_file: str | None, process: Mapping[str, str]) -> dict[str, str]:
    """What the named file gives and the process does not have, without what is routing.

    Raises:
        SpecError: the file is missing, or lines of it are not `KEY=VALUE`.
    """
    if env_file is None:
        return {}
    text = read_text(root / env_file, env_file, max_bytes=MAX_BYTES)
    found = parse_environment(text, env_file)
    return {name: v for name, v in found.items() if name not in process and not is_routing(name)}


def routing_in(root: Path, env_file: str) -> list[str]:
    """The variables of the named file that are not taken from it.

    Raises:
        SpecError: the file is missing, or lines of it are not `KEY=VALUE`.
    """
    text = read_text(root / env_file, env_file, max_bytes=MAX_BYTES)
    return [name for name in parse_environment(text, env_file) if is_routing(name)]


def parse_environment(text: str, shown: str) -> dict[str, str]:
    r"""Read `KEY=VALUE` lines, with `export`, quotes and `#` comments; nothing is expanded.

    Double quotes know `\n`, `\t`, `\r`, `\"` and `\\`; single quotes keep all as it is. A value
    ends with its line. Messages never show a value, since it may be a secret.

    Raises:
        SpecError: all lines that are not of this form.
    """
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), start=1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        entry = _ENTRY.match(written)
        value = _value(entry[2]) if entry else None
        if entry is None:
            faults.append(Fault(shown, number, 1, "not of the form KEY=VALUE"))
        elif value is None:
            message = f"the quotes of {entry[1]} do not close, or text follows them"
            faults.append(Fault(shown, number, line.index("=") + 2, message))
        else:
            found[entry[1]] = value
    if faults:
        raise SpecError(faults)
    return found


def _value(written: str) -> str | None:
    """The value behind the equals sign; None where its quotes are wrong."""
    if written.startswith("'"):
        match = _SINGLE.match(written)
        return match[1] if match else None
    if written.startswith('"'):
        match = _DOUBLE.match(written)
        unescaped = re.compile(r"\\(.)")
        return unescaped.sub(lambda m: _ESCAPES.get(m[1], m[1]), match[1]) if match else None
    return re.split(r"(?:^|\s)#", written, maxsplit=1)[0].rstrip()
