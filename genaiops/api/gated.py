"""What the gates said of a run, for a script, a test or a notebook."""

from dataclasses import dataclass

from genaiops.api.evaluated import Evaluated
from genaiops.api.table import verdicts_table
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.records import Decision, Word


@dataclass(frozen=True, slots=True, repr=False)
class Gated:
    """A decision with the run that it is about; as text it is what `genaiops gate` prints."""

    decision: Decision
    evaluated: Evaluated

    @property
    def word(self) -> Word:
        """`pass`, `fail` or `inconclusive`."""
        return self.decision.word

    @property
    def blocked(self) -> bool:
        """Whether a gate failed, or was left open and the policy blocks on that."""
        return self.decision.blocked

    def __bool__(self) -> bool:
        """Refused: a verdict has three words, and an open one is no pass.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            "a verdict is neither true nor false: ask .blocked or .word, or assert_gate"
        )

    def __str__(self) -> str:
        return decision_text(self.decision, self.evaluated.run)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return verdicts_table(self.decision)
