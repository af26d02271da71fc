"""BLEU of one answer. Pure."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import reduce

from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text, Texts
from genaiops.metrics.words import spaced_words

_ORDER = 4
_ALONE = re.compile(
    r"""
    [!-&(-+/:-@\[-`{-~]                    # a symbol; not the apostrophe, comma, hyphen and point
    | (?<![0-9])[.,] | [.,](?![0-9])       # a comma or point that is not inside of a number
    | (?<=[0-9])-                          # a hyphen after a digit
    """,
    re.VERBOSE,
)

_Ngrams = Counter[tuple[str, ...]]


@metric()
def bleu(answer: Text, expected: Texts) -> float:
    """Sentence BLEU in [0, 1]: precision of the runs of one to four words, and a brevity penalty.

    Case counts. Of several expected texts each run counts as often as in the one that has it most,
    and the penalty takes the one nearest in length. Orders that the answer is too short for are
    left out, and an order without a match counts as half a match, the next such as a quarter. Its
    mean over cases is no corpus BLEU, which pools the counts of all of them.

    Args:
        answer: The text to judge.
        expected: The expected text, or a list of accepted ones.

    Source: Papineni et al. 2002, BLEU; smoothing 3 of Chen and Cherry 2014; the figures of
        sacreBLEU's sentence_bleu (tokenizer 13a; each letter of a script without spaces a word).
    """
    words, wanted = _words(answer), [_words(text) for text in expected]
    if words in wanted:
        return 1.0
    if not words or not wanted:
        return 0.0
    found, gold = _ngrams(words), reduce(lambda a, b: a | b, map(_ngrams, wanted))
    shared = _by_order(found & gold)
    if not any(shared):
        return 0.0
    return _brevity(words, wanted) * _mean_precision(shared, len(words))


def _mean_precision(shared: Sequence[int], length: int) -> float:
    """The geometric mean over the orders that a text of this length has."""
    logs, smoothed = list[float](), 1.0
    for order, hits in enumerate(shared[:length], start=1):
        if not hits:
            smoothed /= 2
        logs.append(math.log((hits or smoothed) / (length - order + 1)))
    return math.exp(sum(logs) / len(logs))


def _brevity(words: Sequence[str], wanted: Sequence[Sequence[str]]) -> float:
    length = len(words)
    nearest = min((len(each) for each in wanted), key=lambda size: (abs(size - length), size))
    return min(1.0, math.exp(1 - nearest / length))


def _ngrams(words: Sequence[str]) -> _Ngrams:
    return Counter(
        tuple(words[start : start + order])
        for order in range(1, _ORDER + 1)
        for start in range(len(words) - order + 1)
    )


def _by_order(ngrams: _Ngrams) -> list[int]:
    counts = [0] * _ORDER
    for ngram, count in ngrams.items():
        counts[len(ngram) - 1] += count
    return counts


def _words(text: str) -> list[str]:
    return spaced_words(_ALONE.sub(r" \g<0> ", text))
