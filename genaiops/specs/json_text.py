"""JSON as bytes or text to values, with the faults that people make. Pure."""

import json
import math
import re

from pydantic import JsonValue

from genaiops.errors import InputError

_FENCE = "```"
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(data: bytes) -> JsonValue:
    """The value of a line of a file.

    Raises:
        InputError: it is not JSON in UTF-8; the message has the column where known.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start + 1} of the line") from error
    return parse_json_text(text)


def parse_json_text(text: str) -> JsonValue:
    """The value of a text.

    Raises:
        InputError: it is not JSON; the message has the column where known.
    """
    try:
        value: JsonValue = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON at column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise InputError("nested too deep") from error
    except ValueError as error:
        raise InputError(f"not JSON: {error}") from error
    refuse_half_characters(text, value)
    return value


def unfenced(text: str) -> str:
    """What stands in the one fenced block that a text is; any other text as it is."""
    bare = text.strip()
    if len(bare) < 2 * len(_FENCE) or not (bare.startswith(_FENCE) and bare.endswith(_FENCE)):
        return text
    info, newline, inside = bare[len(_FENCE) : -len(_FENCE)].partition("\n")
    return inside if newline and info.strip().casefold() in {"", "json"} else text


def decoder() -> json.JSONDecoder:
    """A decoder that knows no NaN and no infinity."""
    return _DECODER


def refuse_half_characters(written: str, value: JsonValue) -> None:
    r"""Refuse `\ud800` without its other half: no UTF-8 file could hold the text again.

    Raises:
        InputError: a text of the value has such a half.
    """
    if not _HALF_PAIR.search(written):
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError("a text holds half of a surrogate pair (\\ud800 to \\udfff)") from error


def _refuse_constant(word: str) -> JsonValue:
    raise InputError(f"{word} is no JSON number")


def _finite(written: str) -> float:
    value = float(written)
    if math.isinf(value):
        raise InputError(f"{written:.20} is larger than numbers go")
    return value


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
