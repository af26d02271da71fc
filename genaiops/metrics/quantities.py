"""Numbers as people write them: separators, currencies, units, per cent. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it is written, and in the base unit of its dimension; None is a bare number.

    `start` is where its text begins.
    """

    number: float
    base: float
    dimension: str | None
    text: str
    start: int

    def is_same_kind(self, other: "Quantity") -> bool:
        """Whether both have the same dimension, or one has none and can be of any."""
        return self.dimension == other.dimension or self._meets_bare(other)

    def minus(self, other: "Quantity") -> float:
        """The difference in the base unit; from a bare number, of the numbers as written."""
        if self._meets_bare(other):
            return self.number - other.number
        return self.base - other.base

    def distance(self, other: "Quantity") -> float:
        """How far apart both are, in the unit of `minus`."""
        return abs(self.minus(other))

    def size_of(self, other: "Quantity") -> float:
        """How large the other is, in the unit of `minus`."""
        return abs(other.number if self._meets_bare(other) else other.base)

    def _meets_bare(self, other: "Quantity") -> bool:
        return self.dimension is None or other.dimension is None


_DIMENSIONS: dict[str, dict[float, str]] = {
    "%": {1: "% percent percentage"},
    "usd": {1: "$ usd dollar dollars", 0.01: "cent cents"},
    "gbp": {1: "£ gbp pound pounds", 0.01: "p pence penny"},
    "eur": {1: "€ eur euro euros"},
    "energy": {0.001: "wh", 1: "kwh", 1000: "mwh"},
    "power": {0.001: "w watt watts", 1: "kw", 1000: "mw"},
    "time": {
        0.001: "ms millisecond milliseconds",
        1: "s sec secs second seconds",
        60: "min mins minute minutes",
        3600: "h hr hrs hour hours",
        86400: "day days",
        604800: "week weeks",
    },
    "months": {1: "month months", 12: "year years yr yrs"},
    "length": {0.001: "mm", 0.01: "cm", 1: "m metre metres meter meters", 1000: "km"},
    "mass": {0.001: "g gram grams", 1: "kg", 1000: "tonne tonnes"},
    "bytes": {1: "b byte bytes", 1e3: "kb", 1e6: "mb", 1e9: "gb", 1e12: "tb"},
}
_UNITS = {
    unit: (dimension, factor)
    for dimension, units in _DIMENSIONS.items()
    for factor, names in units.items()
    for unit in names.split()
}
_MAGNITUDES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9}
_SPACE = r"[\u00a0\u2009\u202f ]"
_NUMBER = re.compile(
    rf"""
    (?<![\w.,])(?=[-+−£$€\s\d.])(?P<sign>[-+−])?
    (?P<currency>[£$€])?\s?(?P<inner_sign>[-−](?=\d))?
    (?P<digits>\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*|[.]\d+)
    (?:[-\s]?(?P<magnitude>hundred|thousand|million|billion|bn|k)\b)?
    (?:[-\s]?(?:(?:working|business|calendar)\s)?(?P<unit>%|per\s?cent\b|[$£€]|[a-z]+))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers of a text in order, with the units that are known here.

    `1,234.5`, `1.234,5`, `1 234.5` and `1'234.5` are one number; a comma alone divides thousands
    where groups of three follow it, else it is a decimal comma; a point alone is a decimal point.
    """
    for match in _NUMBER.finditer(text):
        value = _value(match["digits"]) * _MAGNITUDES.get((match["magnitude"] or "").lower(), 1.0)
        negative = (match["sign"] or match["inner_sign"] or "") in {"-", "−"}
        dimension, factor = _unit(match["currency"], match["unit"])
        number = -value if negative else value
        text = match[0].lstrip()
        start = match.end() - len(text)
        yield Quantity(number, number * factor, dimension, text.rstrip(), start)


def is_unit(word: str) -> bool:
    """Whether a word is a unit that is known here."""
    return word.lower() in _UNITS


def _unit(currency: str | None, unit: str | None) -> tuple[str | None, float]:
    if currency:
        return _UNITS[currency]
    word = re.sub(r"per\s?cent", "%", (unit or "").lower())
    return _UNITS.get(word, (None, 1.0))


def _value(digits: str) -> float:
    bare = re.sub(rf"{_SPACE}|['’]", "", digits)
    commas, points = bare.count(","), bare.count(".")
    if commas and points:
        decimal = max(",.", key=bare.rfind)
        bare = bare.replace("," if decimal == "." else ".", "")
    elif _THOUSANDS.fullmatch(bare):
        bare = bare.replace(",", "")
    elif points > 1:
        bare = bare.replace(".", "")
    whole, _, rest = bare.replace(",", ".").partition(".")
    return float(f"{whole or 0}.{rest.replace('.', '') or 0}")
