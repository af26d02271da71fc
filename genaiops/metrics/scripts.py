"""The script that a text is written in. Pure."""

import unicodedata
from collections import Counter
from itertools import islice

_LOOKED_AT = 100
"""Letters that are looked at, from the beginning."""


_WRITTEN_WITH = {"HIRAGANA": "CJK", "KATAKANA": "CJK"}
"""Scripts of one text: Japanese has all three."""
_WITHOUT_BLANKS = frozenset({"CJK", "KHMER", "LAO", "MYANMAR", "THAI"})


def has_words(text: str) -> bool:
    """Whether blanks tell the words of a text apart, as in most scripts."""
    return script_of(text) not in _WITHOUT_BLANKS


def script_of(text: str) -> str:
    """The script of most letters as Unicode names it, such as LATIN; empty without letters."""
    letters = islice(filter(str.isalpha, text), _LOOKED_AT)
    scripts = Counter[str]()
    for letter, count in Counter(letters).items():
        script = unicodedata.name(letter, "").partition(" ")[0]
        scripts[_WRITTEN_WITH.get(script, script)] += count
    return max(scripts, key=lambda script: (scripts[script], script), default="")
