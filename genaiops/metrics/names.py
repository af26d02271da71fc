"""Names in a text: capitalized words where a capital means something. Pure."""

import re
from functools import lru_cache

_WORDS = re.compile(r"\w+(?:['’]\w+)*")
_NAME = re.compile(
    r"\b(?=[A-Z])(?:(?<![.!?:\n] )(?<!\A)(?<![\"“‘*_(\[])[A-Z][\w'’-]{0,40}?[a-z][\w'’-]*"
    r"|[A-Z]{2,}\d*\b)"
)


def names_in(text: str) -> list[str]:
    """The capitalized words inside of the sentences of a text, and its words in capitals."""
    return [name for match in _NAME.findall(text) for name in _WORDS.findall(match)]


@lru_cache(maxsize=2_000)
def possible_names(text: str) -> frozenset[str]:
    """All words of a text, in the form in which a name is looked for."""
    return frozenset(map(plain_name, set(_WORDS.findall(text))))


def plain_name(name: str) -> str:
    """A name without case, without the `'s` of what it owns and without a plural's `s`."""
    return name.replace("’", "'").casefold().removesuffix("'s").removesuffix("s")
