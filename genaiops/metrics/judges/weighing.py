"""The probabilities of all scores that a judge could have given, from those of its tokens. Pure."""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

from genaiops.records import TokenLogprob

LEAST_MASS = 0.8
"""So much of the probability has to lie on scores, or nothing is weighed."""
_AROUND = " \t\r\n\"'`*_:▁Ġ"


def probabilities(
    tokens: Sequence[TokenLogprob], written: str, labels: Sequence[str]
) -> Mapping[str, float] | None:
    """How likely each label was where the judge wrote one, adding up to 1.

    Looked at is the token at which the last `written` begins. None where the model told no rivals,
    or where too little of the probability lies on tokens that begin exactly one label: `1` begins
    both 1 and 10.
    """
    place = _place(tokens, written)
    if place is None:
        return None
    found = dict.fromkeys(labels, 0.0)
    for token, logprob in tokens[place].top:
        label = _label(token, labels)
        if label is not None:
            found[label] += math.exp(min(logprob, 0.0))
    mass = sum(found.values())
    if mass < LEAST_MASS:
        return None
    return {label: share / mass for label, share in found.items()}


def _place(tokens: Sequence[TokenLogprob], written: str) -> int | None:
    """The number of the token in which the last occurrence of a text begins."""
    start = "".join(each.token for each in tokens).rfind(written)
    if start < 0:
        return None
    ends = accumulate(len(each.token) for each in tokens)
    return next((number for number, end in enumerate(ends) if end > start), None)


def _label(token: str, labels: Sequence[str]) -> str | None:
    """The only label that a token can be the beginning of."""
    text = token.strip(_AROUND).casefold()
    begun = [label for label in labels if text and label.casefold().startswith(text)]
    return begun[0] if len(begun) == 1 else None
