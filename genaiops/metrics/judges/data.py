"""What a judge sees of a case, as text that cannot pass for anything but data. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import cast

from genaiops.records import Passage

MARK = "| "
"""Begins each line of data; what is said to the judge never begins so."""
_CONTROL = re.compile(
    r"<(?=[|｜])|<(?=/?s>)|<(?=(?:start|end)_of_turn>)|<(?=</?SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|MODEL_SETTINGS|AVAILABLE_TOOLS|TOOL_(?:CALLS|CONTENT|RESULTS))\])"
)


def quoted(text: str) -> str:
    """A text with the mark before each line, so that no line of it stands outside.

    The marks by which chat formats tell who speaks are broken up: a runtime reads them in any text.
    """
    inert = _CONTROL.sub(lambda found: f"{found[0]} ", text)
    return "\n".join(f"{MARK}{line}" for line in inert.splitlines() or [""])


def as_data(seen: Mapping[str, object], called: Mapping[str, str]) -> str:
    """All that a judge sees, each text under its name, or under what that is `called` there."""
    return "\n\n".join(
        f"{called.get(name, name.replace('_', ' ')).upper()}:\n{quoted(as_text(value))}"
        for name, value in seen.items()
    )


def as_text(value: object) -> str:
    """A text as it is, passages with their documents, anything else as JSON."""
    if isinstance(value, str):
        return value
    passages = _passages(value)
    if passages is not None:
        return "\n\n".join(passages) or "(none)"
    return json.dumps(value, ensure_ascii=False, indent=2)


def _passages(value: object) -> list[str] | None:
    """The items of a list that holds nothing but passages or texts, numbered; else None."""
    if not isinstance(value, list | tuple):
        return None
    told: list[str] = []
    for number, item in enumerate(cast("Iterable[object]", value), start=1):
        match item:
            case str() as text:
                told.append(f"[{number}] {text}")
            case Passage(document=document, text=text):
                told.append(f"[{number}] {document}: {text}")
            case {"document": str() as document, "text": str() as text}:
                told.append(f"[{number}] {document}: {text}")
            case _:
                return None
    return told
