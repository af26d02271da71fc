"""Evidence that users are not split as they were meant to be."""

from dataclasses import dataclass, replace
from math import lgamma, log


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """Users by arm since the weight last changed, and the log evidence of the time before.

    Where the split is right, the evidence reaches 1 / alpha at any time with a chance of at most
    `alpha`. A split that is not right makes every other number of a rollout meaningless: users were
    lost in one arm, counted twice, or sent there by something else than chance.

    Source: a Beta(1, 1) mixture of likelihood ratios, restarted and multiplied where the weight
    changes; Lindon & Malek (2022), NeurIPS 35, 20147-20160.
    """

    weight: float | None = None
    candidate: int = 0
    stable: int = 0
    earlier: float = 0.0

    @property
    def log_e(self) -> float:
        """The natural logarithm of the evidence."""
        if self.weight is None:
            return self.earlier
        return self.earlier + sample_ratio_log_e(self.candidate, self.stable, self.weight)

    def updated(self, candidate: int, stable: int, *, weight: float) -> "SampleRatio":
        """The evidence with more users, each counted once, that were split at one weight.

        Raises:
            ValueError: the weight is outside of (0, 1).
        """
        if not 0 < weight < 1:
            raise ValueError(f"weight {weight!r} is outside of (0, 1)")
        if not candidate and not stable:
            return self
        if weight != self.weight:
            return SampleRatio(weight, candidate, stable, self.log_e)
        return replace(self, candidate=self.candidate + candidate, stable=self.stable + stable)


def sample_ratio_log_e(candidate: int, stable: int, weight: float) -> float:
    """The logarithm of B(1 + c, 1 + s) / (w^c (1 - w)^s): any share, alike, against `weight`."""
    mixture = lgamma(1 + candidate) + lgamma(1 + stable) - lgamma(2 + candidate + stable)
    return mixture - candidate * log(weight) - stable * log(1 - weight)
