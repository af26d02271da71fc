"""Words and marks of a text, for whoever counts tokens without a tokenizer."""

import re

_TOKEN = re.compile(r"\w+|[^\w\s]")


def token_spans(text: str) -> list[tuple[int, int]]:
    """The (start, end) characters of each word and each punctuation mark, in order."""
    return [match.span() for match in _TOKEN.finditer(text)]


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has: one for four characters, rounded up."""
    return -(-len(text) // 4)
