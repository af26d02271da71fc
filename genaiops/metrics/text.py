"""Answers compared with expected texts by their words. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import cast

from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text, Texts, as_text, folded

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_WRITTEN_WITHOUT_SPACES = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_WRITTEN_WITHOUT_SPACES}]|[^\s{_WRITTEN_WITHOUT_SPACES}]+")
_LETTERS_AND_DIGITS = re.compile(rf"[{_WRITTEN_WITHOUT_SPACES}]|[^\W_{_WRITTEN_WITHOUT_SPACES}]+")
_OUTER = " \t\r\n.!?;:,\"'“”‘’«»`*_()[]"


@metric(binary=True)
def exact_match(answer: JsonValue, expected: JsonValue, *, strict: bool = False) -> bool:
    """Whether the answer is the expected one, or one of a list.

    Args:
        answer: A text, or a JSON value, which is compared as such.
        expected: The expected answer; for a text also a list of accepted ones.
        strict: By default case, white space and outer punctuation do not count; with `strict` every
            character does.
    """
    if not isinstance(answer, str):
        same = canonical_json(answer) == canonical_json(expected)
        return same or as_text(answer) in _accepted(expected)
    if strict:
        return answer in _accepted(expected)
    return _bare(answer) in {_bare(text) for text in _accepted(expected)}


@metric(binary=True)
def contains(answer: Text, expected: Texts, *, case_sensitive: bool = False) -> bool:
    """Whether the answer holds the expected text, or every one of a list; white space is one."""
    if case_sensitive:
        held = " ".join(answer.split())
        return all(" ".join(text.split()) in held for text in expected)
    held = folded(answer)
    return all(folded(text) in held for text in expected)


@metric()
def answer_f1(answer: Text, expected: Texts) -> float:
    """F1 of the words of the answer and the expected one, as bags; of several the best.

    Words are normalized as for SQuAD: without case, punctuation and English articles. Two texts
    without words are equal.

    Source: Rajpurkar et al. 2016, SQuAD, and its evaluation script.
    """
    return max((_bag_f1(squad_words(answer), squad_words(text)) for text in expected), default=0.0)


@metric()
def rouge_l(answer: Text, expected: Texts) -> float:
    """ROUGE-L F1: the longest common subsequence of words; of several expected texts the best.

    Words are runs of letters and digits without case, not stemmed.

    Source: Lin 2004, ROUGE, section 3.1, with beta = 1.
    """
    words = letter_words(answer)
    return max((_lcs_f1(words, letter_words(text)) for text in expected), default=0.0)


def squad_words(text: str) -> list[str]:
    """The words of a text without case, punctuation, symbols and English articles."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(letter for letter in normal if not _is_mark(letter))
    return _WORD.findall(_ARTICLES.sub(" ", bare))


def letter_words(text: str) -> list[str]:
    """The runs of letters and digits of a text, without case."""
    return _LETTERS_AND_DIGITS.findall(unicodedata.normalize("NFKC", text).casefold())


@cache
def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"


def _accepted(expected: JsonValue) -> list[str]:
    items = cast("Iterable[JsonValue]", expected if isinstance(expected, list) else [expected])
    return [as_text(item) for item in items]


def _bare(text: str) -> str:
    return folded(text).strip(_OUTER)


def _bag_f1(words: Sequence[str], expected: Sequence[str]) -> float:
    shared = sum((Counter(words) & Counter(expected)).values())
    return _f1(shared, len(words), len(expected))


def _lcs_f1(words: Sequence[str], expected: Sequence[str]) -> float:
    return _f1(_common_subsequence(words, expected), len(words), len(expected))


def _f1(shared: int, found: int, wanted: int) -> float:
    return 2 * shared / (found + wanted) if found + wanted else 1.0


def _common_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    """The length of the longest common subsequence, by bits of one large integer.

    Source: Hyyrö 2004, Bit-parallel LCS-length computation revisited.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(left):
        places[word] = places.get(word, 0) | (1 << place)
    full = (1 << len(left)) - 1
    row = full
    for word in right:
        hits = row & places.get(word, 0)
        row = ((row + hits) | (row - hits)) & full
    return len(left) - row.bit_count()
