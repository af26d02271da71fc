"""The inputs of a flow from the command line, a file, or stdin."""

import json
import sys
from collections.abc import Collection
from pathlib import Path

from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.project.code import is_python_flow
from genaiops.project.session import Session
from genaiops.specs.json_text import decoder, parse_json_text, refuse_half_characters
from genaiops.specs.load import read_text

MAX_BYTES = 50_000_000


def read_inputs(
    file: str | None, options: list[str], *, texts: Collection[str] | None
) -> dict[str, JsonValue]:
    """Inputs from a JSON file (`-` is stdin), and over them those of `-i NAME=VALUE`.

    A value that is JSON is taken as such; one of an input in `texts` only where it is a JSON text,
    and with None for `texts` every value is a text as it stands.

    Raises:
        InputError: the file holds no JSON object, or an option has no `=`.
    """
    return {**_from_file(file), **named_values(options, texts)}


def text_inputs(session: Session, flow: str) -> frozenset[str] | None:
    """The inputs whose value is a text, whatever it looks like; None for a Python function.

    That reads its texts by the annotations of its parameters.
    """
    if is_python_flow(flow):
        return None
    inputs = session.project.flow(flow).spec.inputs
    return frozenset(name for name, spec in inputs.items() if spec.type == "string")


def _from_file(name: str | None) -> dict[str, JsonValue]:
    if name is None:
        return {}
    shown = "stdin" if name == "-" else name
    text = sys.stdin.read() if name == "-" else read_text(Path(name), name, max_bytes=MAX_BYTES)
    try:
        value: JsonValue = decoder().decode(text)
        refuse_half_characters(text, value)
    except json.JSONDecodeError as error:
        raise InputError(f"{shown}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except (InputError, ValueError) as error:
        raise InputError(f"{shown}: not JSON: {error}") from error
    except RecursionError as error:
        raise InputError(f"{shown}: nested too deep") from error
    if not isinstance(value, dict):
        raise InputError(f"{shown}: expected a JSON object with the inputs by name")
    return value


def named_values(
    options: list[str], texts: Collection[str] | None, *, flag: str = "-i"
) -> dict[str, JsonValue]:
    """What `-i NAME=VALUE` says, or another option of this form; `texts` as for `read_inputs`.

    Raises:
        InputError: an option has no `=`.
    """
    given: dict[str, JsonValue] = {}
    for written in options:
        name, equals, text = written.partition("=")
        if not equals:
            raise InputError(f"{flag} {written!r}: write NAME=VALUE")
        given[name] = text if texts is None else _value(text, must_be_text=name in texts)
    return given


def _value(text: str, *, must_be_text: bool) -> JsonValue:
    try:
        value = parse_json_text(text)
    except InputError:
        return text
    return text if must_be_text and not isinstance(value, str) else value
