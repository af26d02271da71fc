"""Whether an answer refuses, by its first words. Pure."""

import re

from genaiops.metrics.declare import metric
from genaiops.metrics.values import Text
from genaiops.records import Score

SEEN = 200
"""Characters at the beginning of an answer in which a refusal is looked for."""

_NOT = r"(?:(?:do|does|did|is|are|was|were|can|could|has|have)(?: not|n't)|cannot|can not|won't)"
_SOURCE = (
    r"(?:handbook|documents?|context|passages?|articles?|texts?|sources?|excerpts?|materials?"
    r"|information|content|knowledge base|manual|policy|policies)"
)
_SAYS = (
    r"(?:say|state|mention|contain|include|provide|specify|cover|answer|address|give|describe"
    r"|explain|discuss|indicate|have|offer|tell|list)"
)
_KNOWS = (
    r"(?:know|find|answer|help|assist|tell|say|determine|provide|confirm|explain|recommend|verify"
    r"|comment|have (?:[\w-]+ ){0,3}?(?:information|answers?|knowledge|details?|data|access|context"
    r"|list|recommendations?))"
)
_REFUSALS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_SOURCE}\b[^.!?]{{0,60}}?\b{_NOT}\b(?: \w+){{0,2}}? {_SAYS}\b",
        rf"\b(?:i|we)(?:'m| am|'re| are)? (?:\w+ ){{0,2}}?{_NOT} (?:\w+ ){{0,2}}?{_KNOWS}\b",
        (
            r"\b(?:i|we)(?:'m| am|'re| are) (?:sorry,? (?:but )?(?:i am |i'm )?)?"
            r"(?:unable|not able|unsure|not sure|not aware|not certain)\b"
        ),
        (
            r"\b(?:not|no|isn't|aren't) (?:\w+ ){0,3}?"
            r"(?:mentioned|stated|specified|covered|described|addressed|included|provided|given|available"
            rf"|found|discussed|information|mention|answer)\b[^.!?]{{0,40}}?"
            rf"\b(?:in|by|from|on|about|at|regarding|for)\b (?:\w+ ){{0,3}}?"
            rf"(?:{_SOURCE}|this|that|the moment|your question|hand)\b"
        ),
        (
            r"\b(?:there is|there's|there are|i have|we have|i see|i f(?:ind|ound)|contains?|has)"
            r" (?:no|insufficient|not enough) (?:\w+ ){0,2}?"
            r"(?:information|mention|details?|answer|data|knowledge|reference)\b"
        ),
        r"^(?:no|insufficient|not enough) (?:\w+ )?(?:information|context|answer)\b",
        (
            r"^(?:i'm |i am |we're |we are )?sorry\b[^.!?]{0,40}?\b(?:can't|cannot|can not"
            r"|don't|do not|unable|not able|no)\b"
        ),
        r"\bi (?:must|have to|need to) (?:decline|refuse)\b|\bi (?:decline|refuse) to\b",
        r"^(?:n/?a|unknown|unanswerable|not answerable|unclear)\W*$",
    )
)


@metric(binary=True)
def refusal(answer: Text, answerable: bool, phrases: tuple[str, ...] = ()) -> Score:  # noqa: FBT001  called by keywords
    """1 if the answer refuses exactly where there is nothing to answer from.

    Args:
        answer: Its first 200 characters are looked at.
        answerable: Whether the case can be answered: `${case.expected.answerable}`.
        phrases: More texts that are refusals, such as the one that a prompt asks for.
    """
    refuses = is_refusal(answer, phrases)
    told = f"{'refuses' if refuses else 'answers'}, {'' if answerable else 'not '}answerable"
    return Score(value=float(refuses != answerable), explanation=told)


def is_refusal(text: str, phrases: tuple[str, ...] = ()) -> bool:
    """Whether a text says at its beginning that it does not know, or will not answer. English."""
    begin = " ".join(text[:SEEN].replace("’", "'").casefold().split())
    if any(" ".join(phrase.casefold().split()) in begin for phrase in phrases if phrase.strip()):
        return True
    return any(pattern.search(begin) for pattern in _REFUSALS)
