"""ROUGE: overlap of words, of pairs of words, and of the longest common subsequence. Pure."""

from collections import Counter
from collections.abc import Sequence

from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text, Texts
from genaiops.metrics.words import letter_words


@metric()
def rouge_1(answer: Text, expected: Texts) -> float:
    """ROUGE-1 F1: the words that both texts share; of several expected texts the best.

    Words are runs of letters and digits without case, not stemmed. Two texts without words are
    equal.

    Args:
        answer: The text to judge.
        expected: The expected text, or a list of accepted ones.

    Source: Lin 2004, ROUGE, section 2, with beta = 1; the figures of rouge_score.
    """
    return _best(answer, expected, 1)


@metric()
def rouge_2(answer: Text, expected: Texts) -> float:
    """ROUGE-2 F1: the pairs of neighboring words that both texts share; of several the best.

    Words are runs of letters and digits without case, not stemmed. Two texts of the same words are
    equal, also where there are not two of them.

    Args:
        answer: The text to judge.
        expected: The expected text, or a list of accepted ones.

    Source: Lin 2004, ROUGE, section 2, with beta = 1; the figures of rouge_score.
    """
    return _best(answer, expected, 2)


@metric()
def rouge_l(answer: Text, expected: Texts) -> float:
    """ROUGE-L F1: the longest common subsequence of words; of several expected texts the best.

    Words are runs of letters and digits without case, not stemmed. Two texts without words are
    equal.

    Args:
        answer: The text to judge.
        expected: The expected text, or a list of accepted ones.

    Source: Lin 2004, ROUGE, section 3.1, with beta = 1; the figures of rouge_score.
    """
    words = letter_words(answer)
    return max((_lcs_f1(words, letter_words(text)) for text in expected), default=0.0)


def _best(answer: str, expected: Sequence[str], order: int) -> float:
    words = letter_words(answer)
    return max((_ngram_f1(words, letter_words(text), order) for text in expected), default=0.0)


def _ngram_f1(words: Sequence[str], expected: Sequence[str], order: int) -> float:
    if words == expected:
        return 1.0
    found, wanted = _ngrams(words, order), _ngrams(expected, order)
    total = found.total() + wanted.total()
    return 2 * (found & wanted).total() / total if total else 0.0


def _ngrams(words: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(order)), strict=False))


def _lcs_f1(words: Sequence[str], expected: Sequence[str]) -> float:
    total = len(words) + len(expected)
    return 2 * _common_subsequence(words, expected) / total if total else 1.0


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
