"""Sentences made false by one change, from what their passages hold."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from genaiops.metrics.opposites import PAIRS
from training.labelled import Answer, Pair

_MONTHS = "January February April June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_FAMILIES = [
    words.split()
    for words in (
        "seconds minutes hours days weeks months years",
        "second minute hour day week month year",
        "million billion thousand",
        "metres kilometres miles",
        "mg g kg",
        _MONTHS,
        _DAYS,
    )
]
_WIDER = {
    "some": "all", "most": "all", "many": "all", "several": "all", "often": "always",
    "usually": "always", "sometimes": "always", "generally": "always", "may": "always",
    "can": "always", "typically": "always", "mainly": "only", "primarily": "only",
    "mostly": "only", "partly": "entirely",
}  # fmt: skip
_OPPOSITE = [*PAIRS, *((right, left) for left, right in PAIRS)]
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")
_NAME = re.compile(r"(?<![.!?:] )(?<!\A)\b[A-Z][\w'’-]+(?: (?:of |the )?[A-Z][\w'’-]+)*")
_VERB = re.compile(r"\b(is|are|was|were|can|will|does|do|did|should|could|must|would)\b(?! not)")
_NEGATED = re.compile(r"\b(is|are|was|were|can|will|does|do|did|should|could|must|would) not\b")
_WORD = re.compile(r"\b[A-Za-z]+\b")
_NAMES_OFFERED = 40

Change = tuple[str, str]
"""A kind, and the sentence with that change."""


def spoiled(answers: Sequence[Answer], seed: int) -> Iterator[Pair]:
    """Each sentence with one of the changes that it offers; those that offer none are left out."""
    draw = random.Random(seed)
    strangers = sorted({name for answer in answers for name in _NAME.findall(answer.text)})
    for answer in answers:
        offered = draw.sample(strangers, _NAMES_OFFERED)
        changes = [
            change
            for make in (_number, _family, _name, _negation, _width, _opposite)
            for change in make(answer, draw, offered)
        ]
        changes = [each for each in changes if each[1] != answer.text]
        if changes:
            kind, text = draw.choice(changes)
            yield Pair(answer, replace(answer, text=text, is_supported=False), kind)


def _number(answer: Answer, draw: random.Random, _: Sequence[str]) -> Iterator[Change]:
    numbers = list(_NUMBER.finditer(answer.text))
    if numbers:
        match = draw.choice(numbers)
        given = [
            each
            for each in _NUMBER.findall("\n".join(answer.passages))
            if len(each) == len(match[0]) and each not in answer.text
        ]
        digit = draw.choice([each for each in "123456789" if each != match[0][0]])
        yield "number", _put(answer.text, match, digit + match[0][1:])
        if given:
            yield "number that is given", _put(answer.text, match, draw.choice(given))


def _family(answer: Answer, draw: random.Random, _: Sequence[str]) -> Iterator[Change]:
    for words in _FAMILIES:
        for match in re.finditer(rf"\b(?:{'|'.join(words)})\b", answer.text):
            is_date = match[0][0].isupper()
            if is_date or answer.text[: match.start()].rstrip(" -")[-1:].isdigit():
                other = draw.choice([word for word in words if word != match[0]])
                yield "date" if is_date else "unit", _put(answer.text, match, other)
                break


def _name(answer: Answer, draw: random.Random, offered: Sequence[str]) -> Iterator[Change]:
    names = list(_NAME.finditer(answer.text))
    if names:
        match = draw.choice(names)
        text = "\n".join(answer.passages)
        given = [each for each in _NAME.findall(text) if each not in answer.text]
        foreign = [each for each in offered if each not in text]
        if given:
            yield "name that is given", _put(answer.text, match, draw.choice(given))
        if foreign:
            yield "name", _put(answer.text, match, draw.choice(foreign))


def _negation(answer: Answer, _: random.Random, __: Sequence[str]) -> Iterator[Change]:
    if _NEGATED.search(answer.text):
        yield "negation", _NEGATED.sub(r"\1", answer.text, count=1)
    elif _VERB.search(answer.text):
        yield "negation", _VERB.sub(r"\1 not", answer.text, count=1)


def _width(answer: Answer, draw: random.Random, _: Sequence[str]) -> Iterator[Change]:
    yield from _replaced("wider", answer, draw, lambda word: _WIDER.get(word, "").split())


def _opposite(answer: Answer, draw: random.Random, _: Sequence[str]) -> Iterator[Change]:
    yield from _replaced(
        "opposite", answer, draw, lambda word: [that for this, that in _OPPOSITE if this == word]
    )


def _replaced(
    kind: str, answer: Answer, draw: random.Random, others: Callable[[str], list[str]]
) -> Iterator[Change]:
    matches = [each for each in _WORD.finditer(answer.text) if others(each[0].lower())]
    if matches:
        match = draw.choice(matches)
        yield kind, _put(answer.text, match, draw.choice(others(match[0].lower())))


def _put(text: str, match: re.Match[str], other: str) -> str:
    other = other.capitalize() if match[0][0].isupper() and other.islower() else other
    return text[: match.start()] + other + text[match.end() :]
