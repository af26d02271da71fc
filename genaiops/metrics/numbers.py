"""Answers that should give a number. Pure."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from genaiops.errors import InputError
from genaiops.metrics.declare import metric
from genaiops.metrics.quantities import quantities
from genaiops.metrics.values import Text, as_text
from genaiops.records import Score

_ROUNDING = 1e-9

Pick = Literal["any", "first", "last"]


@metric(binary=True)
def number_close(
    answer: Text,
    expected: JsonValue,
    *,
    tolerance: Annotated[float, Field(ge=0)] = 0.0,
    relative: Annotated[float, Field(ge=0)] = 0.0,
    pick: Pick = "any",
) -> Score:
    """Whether the answer gives the expected number.

    Args:
        answer: A text with numbers, or a number.
        expected: A number, or a text whose first number counts. Where it has a unit, numbers of the
            answer with a unit of another kind do not count: `48 hours` is `2 days`, not `2 months`.
        tolerance: The largest difference, in the base unit (seconds, metres, kWh, whole currency)
            where both have a unit, else of the numbers as written.
        relative: The largest difference as a share of the expected number.
        pick: Which numbers of the answer count: `any` of them, or the `first` or `last`.

    Raises:
        InputError: `expected` holds no number.
    """
    wanted = next(quantities(as_text(expected)), None)
    if wanted is None:
        raise InputError(f"the expected value {expected!r} holds no number")
    found = [each for each in quantities(answer) if each.is_same_kind(wanted)]
    chosen = {"any": found, "first": found[:1], "last": found[-1:]}[pick]
    share = max(relative, _ROUNDING)
    is_close = any(
        each.distance(wanted) <= max(tolerance, share * each.size_of(wanted)) for each in chosen
    )
    told = ", ".join(each.text for each in chosen[:5]) or "no number of its kind"
    return Score(value=float(is_close), explanation=f"expected {wanted.text}, found {told}")
