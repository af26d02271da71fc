"""Tokens and money of many cases, added up exactly: the sum does not depend on their order."""

from dataclasses import dataclass
from fractions import Fraction

from genaiops.records import Usage


@dataclass(slots=True)
class Total:
    """What was used so far; as with `Usage`, a cost that is not known leaves the sum unknown."""

    _input_tokens: int = 0
    _output_tokens: int = 0
    _cost_usd: Fraction | None = None
    _lacks_a_cost: bool = False

    def add(self, usage: Usage) -> None:
        """Take in what a case used."""
        self._input_tokens += usage.input_tokens
        self._output_tokens += usage.output_tokens
        if usage.cost_usd is not None:
            self._cost_usd = (self._cost_usd or Fraction()) + Fraction(usage.cost_usd)
        elif not usage.is_nothing:
            self._lacks_a_cost = True

    @property
    def usage(self) -> Usage:
        """The sum, rounded once."""
        is_unknown = self._lacks_a_cost or self._cost_usd is None
        return Usage(
            input_tokens=self._input_tokens,
            output_tokens=self._output_tokens,
            cost_usd=None if is_unknown else float(self._cost_usd or 0),
        )
