"""Text that came from outside, made printable: no escapes, controls or direction overrides."""

import re

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|.)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DIRECTION = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text without terminal escapes, control characters and direction marks.

    Halves of surrogate pairs, which no file can hold, go too. Tabs and line feeds stay.
    """
    return _DIRECTION.sub("", _CONTROL.sub("", _ESCAPE.sub("", text)))
