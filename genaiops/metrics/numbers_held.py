"""The numbers that a text has, and whether it has the number of a claim. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from genaiops.metrics.number_words import in_digits
from genaiops.metrics.quantities import Quantity, quantities

_ROUNDING = 1e-9
_MORE = "more than|over|above|greater than|higher than|exceed(?:s|ed|ing)?"
_AT_LEAST = "at least|no fewer than|no less than|a minimum of"
_LESS = "less than|under|below|fewer than|lower than|nearly|almost"
_AT_MOST = "at most|up to|no more than|a maximum of|as much as|as many as"
_LIMIT = re.compile(
    rf"\b(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<more>{_MORE})|(?P<less>{_LESS}))"
    r"\s+(?:an?\s+)?\Z",
    re.IGNORECASE,
)
_LONGEST_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Claimed:
    """A number that a claim gives, and of which side of it the truth may be: `at least 5`."""

    quantity: Quantity
    limit: str | None

    def allows(self, found: Quantity) -> bool:
        """Whether the claim holds if the number is another one of the same kind."""
        here, there = self.quantity.base, found.base
        match self.limit:
            case "more":
                return there > here
            case "less":
                return there < here
            case "least":
                return there >= here
            case "most":
                return there <= here
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a text with their units; those written as words are among them."""

    quantities: Sequence[Quantity]

    def has(self, wanted: Quantity) -> bool:
        """Whether one has this value, and no other kind of unit."""
        return any(
            each.is_same_kind(wanted) and each.distance(wanted) <= _ROUNDING * each.size_of(wanted)
            for each in self.quantities
        )

    def of_kind(self, wanted: Quantity) -> list[Quantity]:
        """Those of the same dimension."""
        return [each for each in self.quantities if each.dimension == wanted.dimension]


@lru_cache(maxsize=2_000)
def numbers_in(text: str) -> Numbers:
    """The numbers of a text."""
    return Numbers(tuple(quantities(in_digits(text))))


def claimed_numbers(claim: str) -> Iterator[Claimed]:
    """The numbers of a claim, each once; one written as a word only with a unit: `two days`."""
    said = in_digits(claim)
    written = {each.number for each in quantities(claim)}
    seen = set[tuple[float, str | None, str | None]]()
    for quantity in quantities(said):
        match = _LIMIT.search(said[max(0, quantity.start - _LONGEST_LIMIT) : quantity.start])
        limit = match.lastgroup if match else None
        told = (quantity.base, quantity.dimension, limit)
        if told not in seen and (quantity.dimension is not None or quantity.number in written):
            seen.add(told)
            yield Claimed(quantity, limit)
