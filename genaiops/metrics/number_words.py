"""English words for numbers, written as digits. Pure."""

import re

from genaiops.metrics.quantities import is_unit

_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {
    "a": 1,
    "an": 1,
    "zero": 0,
    **{word: value for value, word in enumerate([*_ONES, *_TEENS], start=1)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
_ONE_TO_NINE = "|".join(_ONES)
_FIRST_LETTERS = "".join(sorted({word[0] for word in _VALUES}))
_UNDER_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{_ONE_TO_NINE}))?|{'|'.join((*_TEENS, *_ONES))})"
_WORDS = re.compile(
    rf"""
    \b(?=[{_FIRST_LETTERS}])(?:
        (?P<hundreds>an?|{_ONE_TO_NINE})[-\s]hundred\b(?:\s+(?:and\s+)?(?P<rest>{_UNDER_100}))?
        | (?P<dozen>an?|{_ONE_TO_NINE})[-\s]dozen
        | (?P<article>an?)(?=[-\s](?:thousand|million|billion)\b)
        | (?P<alone>zero|{_UNDER_100})
    )\b
    (?![-'’](?:s|off)\b)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"[-\s]*([a-z]+)|\W*\Z", re.IGNORECASE)
_MAGNITUDES = ("thousand", "million", "billion")


def in_digits(text: str) -> str:
    """The text with its number words below one thousand as digits: `twenty-one days`, `21 days`.

    `one` is a number before a unit, before `thousand` and the like, and where it is all there is;
    else it mostly is none: `one of them`.
    """
    return _WORDS.sub(_digits, text)


def _digits(match: re.Match[str]) -> str:
    if match["hundreds"]:
        return str(100 * _value(match["hundreds"]) + _value(match["rest"] or "zero"))
    if match["dozen"]:
        return str(12 * _value(match["dozen"]))
    word = match["alone"] or match["article"]
    return match[0] if word.lower() == "one" and not _counts(match) else str(_value(word))


def _counts(one: re.Match[str]) -> bool:
    """Whether this `one` is a number."""
    after = _NEXT_WORD.match(one.string, one.end())
    if after is None or not after[1]:
        return after is not None and not one.string[: one.start()].strip()
    return is_unit(after[1]) or after[1].lower() in _MAGNITUDES


def _value(words: str) -> int:
    return sum(_VALUES[word] for word in re.split(r"[-\s]", words.lower()))
