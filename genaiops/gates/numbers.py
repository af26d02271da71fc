"""The text of numbers: percent, points, seconds, dollars; rounded, never across a limit."""

from collections.abc import Iterable
from dataclasses import dataclass

from genaiops.records import MetricInfo

_MORE_DECIMALS = 4
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How the values of a metric are written.

    `scale` is 100 for percent. `unit` follows a value ("%", " s"), `points` a difference
    (" points", " s"); `prefix` stands before both ("$"). Sizes below `small` have one decimal more,
    and those below a tenth of it two: 0.012 s, 0.0034 s.
    """

    scale: float
    decimals: int
    prefix: str
    unit: str
    points: str
    ends: tuple[float, ...] = ()
    small: float = 0.0

    def value(self, value: float | None, *, apart_from: Iterable[float | None] = ()) -> str:
        """A value with its unit: 83.3%, 1.24 s, $0.0031; "none" where there is none.

        It gets more decimals where it would else read the same as another number that it is not:
        one of `apart_from`, or an end of the range. So 99.97% is never 100.0%.
        """
        if value is None:
            return "none"
        return f"{self._sign(value)}{self.number(abs(value), apart_from=apart_from)}{self.unit}"

    def difference(self, value: float | None, *, apart_from: Iterable[float | None] = ()) -> str:
        """A difference with its unit: -3.3 points, +0.12 s."""
        return (
            "none" if value is None else f"{self.signed(value, apart_from=apart_from)}{self.points}"
        )

    def signed(self, value: float | None, *, apart_from: Iterable[float | None] = ()) -> str:
        """A difference without its unit: -3.3, +5.8, 0.0."""
        if value is None:
            return "none"
        sizes = [abs(other) for other in apart_from if other is not None]
        size = self._fixed(abs(value), [0.0, *sizes])
        return f"{'-' if value < -_EQUAL else '+' if value > _EQUAL else ''}{self.prefix}{size}"

    def number(self, value: float, *, apart_from: Iterable[float | None] = ()) -> str:
        """A size without its unit: 83.3, 1.24."""
        others = [other for other in apart_from if other is not None]
        return f"{self.prefix}{self._fixed(value, [*others, *self.ends])}"

    def limit(self, value: float) -> str:
        """A limit as it was asked for: 70%, 4 s, $0.002."""
        return f"{self._sign(value)}{self.prefix}{self._plain(abs(value))}{self.unit}"

    def allowance(self, value: float) -> str:
        """A margin as it was asked for: 10 points, 0.5 s."""
        return f"{self.prefix}{self._plain(value)}{self.points}"

    def _sign(self, value: float) -> str:
        return "-" if value < -_EQUAL else ""

    def _plain(self, value: float) -> str:
        return f"{self.scale * value:.6f}".rstrip("0").rstrip(".")

    def _fixed(self, value: float, others: Iterable[float]) -> str:
        different = [self.scale * other for other in others if abs(other - value) > _EQUAL]
        least = self.decimals + sum(
            _EQUAL < value < limit for limit in (self.small, self.small / 10)
        )
        for decimals in range(least, self.decimals + _MORE_DECIMALS):
            text = f"{self.scale * value:.{decimals}f}"
            if all(text != f"{other:.{decimals}f}" for other in different):
                return text
        return f"{self.scale * value:.{self.decimals + _MORE_DECIMALS}f}"


def number_style(info: MetricInfo) -> NumberStyle:
    """How the values of a metric are written; a share is one where its range is [0, 1]."""
    match info.unit:
        case "share" if (info.low, info.high) == (0, 1):
            return NumberStyle(100, 1, "", "%", " points", (0.0, 1.0))
        case "s":
            return NumberStyle(1, 2, "", " s", " s", small=0.1)
        case "usd":
            return NumberStyle(1, 4, "$", "", "")
        case "tokens":
            return NumberStyle(1, 0, "", " tokens", " tokens")
        case "share" | "score":
            return NumberStyle(1, 2, "", "", "")
