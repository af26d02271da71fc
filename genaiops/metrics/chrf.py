"""chrF2: overlap of character n-grams. Pure."""

from collections import Counter
from functools import lru_cache

from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text, Texts

_ORDER = 6
_WEIGHT_OF_RECALL = 4  # beta squared, with beta = 2


@metric()
def chrf(answer: Text, expected: Texts) -> float:
    """chrF2 in [0, 1]: F2 of the character n-grams up to six, without white space.

    Of several expected texts the best counts. Upper and lower case differ. Orders
    longer than one of the texts are left out; two empty texts are equal.

    Source: Popović 2015, chrF; the averaging of sacreBLEU 2 without smoothing.
    """
    return max((_chrf(answer, text) for text in expected), default=0.0)


def _chrf(answer: str, expected: str) -> float:
    found, wanted = "".join(answer.split()), "".join(expected.split())
    orders = min(_ORDER, len(found), len(wanted))
    if orders == 0:
        return float(found == wanted)
    precision = recall = 0.0
    for given, gold in zip(_ngrams(found)[:orders], _ngrams(wanted)[:orders], strict=True):
        shared = (given & gold).total()
        precision += shared / given.total() / orders
        recall += shared / gold.total() / orders
    if precision + recall == 0:
        return 0.0
    score = (1 + _WEIGHT_OF_RECALL) * precision * recall
    return min(1.0, score / (_WEIGHT_OF_RECALL * precision + recall))


@lru_cache(maxsize=64)
def _ngrams(text: str) -> tuple[Counter[str], ...]:
    """The n-grams of each order that the text is long enough for."""
    return tuple(
        Counter(text[start : start + order] for start in range(len(text) - order + 1))
        for order in range(1, min(_ORDER, len(text)) + 1)
    )
