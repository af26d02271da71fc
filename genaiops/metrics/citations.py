"""Sources that an answer cites, against what was retrieved. Pure."""

import re
from collections.abc import Iterator, Sequence

from genaiops.metrics.declare import metric
from genaiops.metrics.patterns import SafePattern
from genaiops.metrics.values import Text
from genaiops.records import Passage, Score

_SHOWN = 5
_SEARCHED = 10_000
_DEFINED = re.compile(r"^[ \t]*\[\^?(?P<mark>[\w-]{1,40})\]:[ \t]*(?P<source>\S.*)$", re.MULTILINE)
_GROUP = re.compile(r"[\[【(]\^?(?P<inside>[^\[\]【】()\n]{1,200})[\]】)]")
_PARTED = re.compile(r"\s*[,;]\s*")
_LABEL = re.compile(r"(?:sources?|documents?|docs?|refs?|see)(?::|\s)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<first>\d{1,3})(?:\s*[-–]\s*(?P<last>\d{1,3}))?")
_LONGEST_RANGE = 20
_KINDS = "md|mdx|txt|pdf|html?|docx?|pptx?|xlsx?|csv|jsonl?|rst|adoc|xml|ya?ml|eml"
_NAME = re.compile(rf"\S*\w\.(?:{_KINDS})(?:#\S*)?|https?://\S+", re.IGNORECASE)


@metric()
def citations(
    answer: Text,
    passages: Sequence[Passage],
    *,
    pattern: SafePattern | None = None,
    required: bool = False,
) -> Score:
    """The share of an answer's citations whose source was retrieved.

    A citation is a number in brackets, `[2]`, `[1, 3]`, `[2-4]`, `[^2]`, which is the place of a
    passage, or the name or address of a document in brackets or parentheses, `[billing.md]`,
    `(source: handbook/billing.md#fees)`. A footnote, `[^2]: billing.md`, says what its mark cites.
    The last part of a document's path is enough to name it. Whether the source says so is not
    looked at: see `groundedness`.

    An answer that cites nothing cites nothing wrong and scores 1, or 0 where a citation is
    `required`; `required: ${case.expected.answerable}` asks for one where there is an answer.

    Args:
        answer: The text to judge.
        passages: What was retrieved, in the order in which the model saw it.
        pattern: How a citation is written, as a regular expression, where it is not as above; its
            first group, or else all of it, is the number or the name. The first 10,000 characters
            are searched.
        required: Whether an answer has to cite something.
    """
    known = frozenset(name for each in passages for name in _names(each.document))
    cited = list(_found(answer, pattern) if pattern else _cited(answer, known))
    if not cited:
        return Score(value=float(not required), explanation="the answer cites nothing")
    wrong = [each for each in cited if not _is_valid(each, known, len(passages))]
    told = f"{len(cited) - len(wrong)} of {len(cited)} citations are of retrieved sources"
    evidence = tuple(f"{each} was not retrieved" for each in dict.fromkeys(wrong))[:_SHOWN]
    return Score(value=1 - len(wrong) / len(cited), explanation=told, evidence=evidence)


def _cited(answer: str, known: frozenset[str]) -> Iterator[str]:
    """The numbers and names that are cited, footnotes by what they stand for."""
    defined = {each["mark"]: each["source"].strip() for each in _DEFINED.finditer(answer)}
    for group in _GROUP.finditer(_DEFINED.sub("", answer)):
        inside = group["inside"].strip()
        in_brackets = group[0][0] != "("
        if in_brackets and inside in defined:
            yield from list(_sources(defined[inside], known)) or [defined[inside]]
        else:
            yield from (
                each for each in _sources(inside, known) if in_brackets or not each.isdecimal()
            )


def _sources(text: str, known: frozenset[str]) -> Iterator[str]:
    """The numbers, and the names of documents, in what stands between brackets."""
    for part in _PARTED.split(text):
        label = _LABEL.match(part)
        bare = (part[label.end() :] if label else part).strip("<>`\"' ")
        if number := _NUMBER.fullmatch(bare):
            yield from _numbers(int(number["first"]), int(number["last"] or number["first"]))
        elif _NAME.fullmatch(bare) or bare.casefold() in known:
            yield bare


def _numbers(first: int, last: int) -> Iterator[str]:
    between = range(first, last + 1)
    yield from map(str, between if 0 < len(between) <= _LONGEST_RANGE else {first: 0, last: 0})


def _found(answer: str, pattern: str) -> Iterator[str]:
    """What a pattern of the use finds."""
    for match in re.finditer(pattern, answer[:_SEARCHED]):
        cited = (match[1] or "") if match.re.groups else match[0]
        if cited.strip():
            yield cited.strip()


def _is_valid(cited: str, known: frozenset[str], passages: int) -> bool:
    if cited.isdecimal():
        return 1 <= int(cited) <= passages
    return cited.casefold() in known or cited.partition("#")[0].casefold() in known


def _names(document: str) -> Iterator[str]:
    """How a document may be named."""
    yield document.casefold()
    yield document.rstrip("/").rpartition("/")[2].casefold()
