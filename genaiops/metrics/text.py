"""Answers compared with expected texts by their words. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text, Texts, as_text, folded
from genaiops.metrics.words import squad_words

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


def _accepted(expected: JsonValue) -> list[str]:
    items = cast("Iterable[JsonValue]", expected if isinstance(expected, list) else [expected])
    return [as_text(item) for item in items]


def _bare(text: str) -> str:
    return folded(text).strip(_OUTER)


def _bag_f1(words: Sequence[str], expected: Sequence[str]) -> float:
    total = len(words) + len(expected)
    return 2 * (Counter(words) & Counter(expected)).total() / total if total else 1.0
