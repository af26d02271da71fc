"""The script that a text is written in. Pure."""

import unicodedata
from collections import Counter
from itertools import islice

_LOOKED_AT = 100
"""Letters that are looked at, from the beginning."""


def script_of(text: str) -> str:
    """The script of most letters as Unicode names it, such as LATIN; empty without letters."""
    letters = islice(filter(str.isalpha, text), _LOOKED_AT)
    scripts = Counter[str]()
    for letter, count in Counter(letters).items():
        scripts[unicodedata.name(letter, "").partition(" ")[0]] += count
    return max(scripts, key=lambda script: (scripts[script], script), default="")
