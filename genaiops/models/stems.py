"""The content words of an English text, brought to a common form."""

import re

_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_SUFFIXES = ("ing", "ed", "es", "s", "ly")
_DOUBLED = re.compile(r"([^lsz\d])\1\Z")
_STOP_TEXT = """
a about again all also am an and any are aren't as at be been being both but by can can't could
did didn't do does doesn't don't done down each either every for from get go going got had has
have having he he's her here him his how i i'd i'll i'm i've if in into is isn't it it's its
just know let like may me might must my no nor not of off on only or our out over own please
same shall she should so some still such tell than that that's the their them then there these
they they're this those to too under up us very want was we we'd we'll we're we've were what
what's when where which who whom whose why will with won't would you you'd you're you've your
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())
_NUMBER_TEXT = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: str(number) for number, word in enumerate(_NUMBER_TEXT.split())}


def content_words(text: str) -> list[str]:
    """The words that mean something, as stems, in order; numbers as digits."""
    words = (word.replace("’", "'") for word in _WORD.findall(text.lower()))
    return [_stem(word) for word in words if word not in _STOP_WORDS]


def _stem(word: str) -> str:
    word = word.removesuffix("'s").replace(",", "")
    if word in _NUMBERS or word[0].isdigit():
        return _NUMBERS.get(word, word)
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    suffix = next((s for s in _SUFFIXES if word.endswith(s) and len(word) - len(s) >= 3), "")
    if suffix and not word.endswith("ss"):
        word = _DOUBLED.sub(r"\1", word.removesuffix(suffix))
    return word.removesuffix("e") if len(word) > 3 else word
