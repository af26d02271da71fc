"""JSON that is safe to print, and that any file can hold."""

import re

_RAW = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def escaped(json: str) -> str:
    r"""The same JSON with `\u` escapes for controls, direction marks and halves of pairs.

    Below U+0020 there is none in a string of JSON; the others may stand there raw, and a terminal
    obeys some of them.
    """
    return _RAW.sub(lambda match: f"\\u{ord(match[0]):04x}", json)
