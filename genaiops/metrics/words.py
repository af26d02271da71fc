"""The words of texts, as the metrics that compare words see them. Pure."""

import re
import unicodedata
from functools import cache

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_WRITTEN_WITHOUT_SPACES = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_WRITTEN_WITHOUT_SPACES}]|[^\s{_WRITTEN_WITHOUT_SPACES}]+")
_LETTERS_AND_DIGITS = re.compile(rf"[{_WRITTEN_WITHOUT_SPACES}]|[^\W_{_WRITTEN_WITHOUT_SPACES}]+")


def spaced_words(text: str) -> list[str]:
    """What white space parts, and each letter of a script that is written without spaces."""
    return _WORD.findall(text)


def squad_words(text: str) -> list[str]:
    """The words of a text without case, punctuation, symbols and English articles."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(letter for letter in normal if not _is_mark(letter))
    return spaced_words(_ARTICLES.sub(" ", bare))


def letter_words(text: str) -> list[str]:
    """The runs of letters and digits of a text, without case."""
    return _LETTERS_AND_DIGITS.findall(unicodedata.normalize("NFKC", text).casefold())


@cache
def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"
