"""The words and numbers of a text, as they are compared. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from genaiops.models.stems import content_words

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?")


def tokens_of(text: str) -> list[str]:
    """The words and numbers of a text in order, without case."""
    return _TOKEN.findall(text.replace("’", "'").lower())


@lru_cache(maxsize=50_000)
def content_stem(token: str) -> str:
    """The stem of a token; empty where it means nothing by itself, as `the` does."""
    return next(iter(content_words(token)), "")


def stem_of(token: str) -> str:
    """The stem of a token, or the token where it means nothing by itself."""
    return content_stem(token) or token


def stems_of(tokens: Iterable[str]) -> list[str]:
    """The stem of each token, or the token where it means nothing by itself."""
    return [content_stem(token) or token for token in tokens]


def content_of(text: str) -> list[str]:
    """The words and numbers of a text that mean something, as stems, in order."""
    return list(filter(None, map(content_stem, tokens_of(text))))
