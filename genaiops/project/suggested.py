"""What can be measured and asked of answers without another word: metrics and gates at first."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from statistics import median

from pydantic import JsonValue

from genaiops.datasets import Dataset
from genaiops.gates.margins import MARGINS, usual_margin
from genaiops.stats import clean_cases_needed, least_n_to_pass_margin

SHORT_WORDS = 3
ALPHA = 0.05
_LOOKED_AT = 10_000
_FLOORS = {"exact_match": 0.5, "answer_f1": 0.3}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Metrics of the catalog, and the one that gates ask for; None where no answer is expected.

    `floor` is a first limit for that one, `margin` the drop that so many cases can rule out.
    Where no answer is expected, `quantile` is the share of cases whose time can be judged.
    """

    metrics: tuple[str, ...]
    judged: str | None
    floor: float
    margin: float
    quantile: float


def suggest_for(dataset: Dataset) -> Suggestion:
    """Words in common with the expected answer, equality where answers are short, and time."""
    expected = _expected_name(dataset)
    if expected is None:
        metrics, judged = ("latency",), None
    elif _median_words(dataset, expected) <= SHORT_WORDS:
        metrics, judged = ("exact_match", "answer_f1", "latency"), "exact_match"
    else:
        metrics, judged = ("answer_f1", "latency"), "answer_f1"
    return Suggestion(
        metrics=metrics,
        judged=judged,
        floor=_FLOORS.get(judged or "", 0.0),
        margin=margin_for(dataset.count),
        quantile=0.9 if dataset.count >= clean_cases_needed(0.1, ALPHA) else 0.5,
    )


def margin_for(cases: int) -> float:
    """The drop to tolerate: the usual one, or more where so many cases cannot rule that out."""
    for margin in MARGINS:
        least = least_n_to_pass_margin(margin, ALPHA)
        if margin >= usual_margin(cases) and least is not None and least <= cases:
            return margin
    return MARGINS[-1]


def _expected_name(dataset: Dataset) -> str | None:
    """The expected value that an answer is compared with, as metrics find it."""
    names = dataset.names("expected")
    if "answer" in names:
        return "answer"
    return names[0] if len(names) == 1 else None


def _median_words(dataset: Dataset, name: str) -> float:
    counts = list(islice(_words(dataset, name), _LOOKED_AT))
    return median(counts) if counts else 0


def _words(dataset: Dataset, name: str) -> Iterator[int]:
    for case in dataset.cases():
        value = case.expected.get(name)
        for text in value if isinstance(value, list) else [value]:
            if text is not None:
                yield len(_text(text).split())


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else str(value)
