"""What a metric says about itself: range, direction, and where its arguments come from."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Literal, TypeVar, get_args, get_type_hints

from genaiops.errors import InputError
from genaiops.records import Direction

MetricFunction = Callable[..., object]
Applies = Callable[..., str | None]
Requires = Callable[..., None]
Unit = Literal["share", "s", "usd", "tokens", "score"]

FunctionT = TypeVar("FunctionT", bound=MetricFunction)

_ATTRIBUTE = "__genaiops_metric__"


@dataclass(frozen=True, slots=True)
class Extra:
    """An optional dependency: the package that is imported, and the extra that installs it."""

    package: str
    name: str

    @property
    def is_installed(self) -> bool:
        """Whether the package is there; it is not imported for that."""
        return find_spec(self.package) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDeclaration:
    """What holds for every score of a metric; used as a decorator it goes with the function.

    >>> @metric(range=(0, 1), direction="lower")
    ... def shouting(answer: str) -> float:
    ...     return sum(letter.isupper() for letter in answer) / len(answer)

    Raises:
        InputError: the range is empty, the direction is none, `applies_when` no function, or
            `timeout_s` not above 0.
    """

    range: tuple[float | None, float | None] | None = (0.0, 1.0)
    """Lowest and highest value; None is unbounded. No range: each use says it, and direction."""
    direction: Direction = "higher"
    """Which values are better."""
    binary: bool | None = None
    """Only 0 and 1; by default where the function is annotated to return a bool."""
    unit: Unit | None = None
    """By default `share` for a range from 0 to 1, else `score`."""
    version: str = "1"
    """Counts up when the same arguments give another score."""
    needs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Parameter → the reference that it gets when a use names none."""
    applies_when: Applies | None = None
    """Takes parameters that come from the case alone; says why it does not apply, or None."""
    model: str | None = None
    """The model that is asked when a use names none, for a parameter `model`."""
    made_of: str | None = None
    """The digest of what the function was made of, where that is no file of Python: a rubric."""
    extra: Extra | None = None
    """What has to be installed to score."""
    requires: Requires | None = None
    """Takes arguments as a use says them; raises InputError where what they need is not here."""
    failed_run: Literal["worst", "measured"] = "worst"
    """What a run scores that failed by the product's own fault: the worst, or what it took."""
    filtered_run: Literal["worst", "best"] = "worst"
    """What a run scores that a content filter stopped: `best` where nothing harmful came out."""
    timeout_s: float | None = 60.0
    """Seconds after which there is no score; those of a model or embedder have limits of their own,
    and do not count. None: as long as it takes."""

    def __post_init__(self) -> None:
        low, high = self.range or (None, None)
        if low is not None and high is not None and low >= high:
            raise InputError(f"the range of a metric goes from low to high, not {self.range!r}")
        if self.direction not in get_args(Direction):
            raise InputError.unknown("direction", self.direction, get_args(Direction))
        if self.applies_when is not None and not callable(self.applies_when):
            raise InputError(
                f"applies_when is a function of what the case gives, which says why the metric "
                f"does not apply, or None; not {self.applies_when!r}"
            )
        if self.timeout_s is not None and not self.timeout_s > 0:
            raise InputError(f"timeout_s is above 0, or None; not {self.timeout_s!r}")

    def __call__(self, function: FunctionT) -> FunctionT:
        """Declare a function; it stays as it is and can be called as before."""
        setattr(function, _ATTRIBUTE, self)
        return function

    @property
    def shown_unit(self) -> Unit:
        """The unit, or what follows from the range."""
        return self.unit or ("share" if self.range == (0, 1) else "score")


metric = MetricDeclaration
"""`@metric(range=(0, 5), direction="higher")` above a function makes it a metric."""


def declaration_of(function: MetricFunction) -> MetricDeclaration:
    """What a function declares; without a declaration, scores from 0 to 1 of which more is better.

    Raises:
        InputError: it is nothing that can be called.
    """
    if not callable(function):
        raise InputError(
            f"{function!r} is no function; a metric is a function of keyword arguments"
        )
    return getattr(function, _ATTRIBUTE, None) or MetricDeclaration()


def is_binary(function: MetricFunction) -> bool:
    """Whether its scores are 0 or 1 only, as it declares or by its annotation."""
    declared = declaration_of(function).binary
    return hints_of(function).get("return") is bool if declared is None else declared


def hints_of(function: MetricFunction) -> dict[str, object]:
    """The annotations of a function by parameter and `return`; none where they do not resolve."""
    try:
        return get_type_hints(inspect.unwrap(function), include_extras=True)
    except (NameError, TypeError, AttributeError):
        return {}
