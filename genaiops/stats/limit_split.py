"""A mean against a limit, in batches that may stop early."""

from dataclasses import dataclass, replace

from genaiops.stats.eprocess import EProcess
from genaiops.stats.limits import Limit, LimitTest
from genaiops.stats.split import Proofs, split_p
from genaiops.stats.together import Units

_INSIDE = 1e-9
"""How far a limit is kept from the ends of the range, where one claim could not be bet on."""


@dataclass(frozen=True, slots=True)
class LimitSplit:
    """Scores under way against a limit, and the evidence so far; see `Split` for the error.

    With x the share of the range at which a score lies, and l that of the limit, "more" bets on
    y = x - l and "less" on y = l - x. Both are the bets of `EProcess` for a pass: "more" compares
    with a baseline that has every score at the top and tolerates a drop of 1 - l, "less" does the
    same upside down.
    """

    limit: Limit
    more: EProcess
    less: EProcess

    @classmethod
    def start(cls, limit: Limit, *, lo: float, hi: float, largest_cluster: int = 1) -> "LimitSplit":
        """Nothing seen yet.

        Args:
            limit: of the mean, in [lo, hi].
            lo: the least possible score.
            hi: the largest possible score, above `lo`.
            largest_cluster: how many cases a unit has at most, fixed before the first look.
        """
        share = min(max((limit.value - lo) / (hi - lo), _INSIDE), 1 - _INSIDE)
        more, less = (
            EProcess.start("pass", margin=margin, largest_cluster=largest_cluster)
            for margin in (1 - share, share)
        )
        return cls(limit, more, less)

    def updated(self, batch: Units) -> "LimitSplit":
        """Look once more, after a batch.

        Args:
            batch: scores in [lo, hi]; missing ones at the least and at the most.

        Raises:
            ValueError: a cluster is larger than declared.
        """
        least, most = batch.shares
        sizes = [int(size) for size in batch.sizes]
        more = self.more.updated_by_clusters(least - batch.sizes, sizes)
        return replace(self, more=more, less=self.less.updated_by_clusters(-most, sizes))

    def proofs(self, test: LimitTest | None = None) -> Proofs:
        """The p-values of both claims so far; `test` is the gate's own on all units, at the cap."""
        is_floor = self.limit.side == "at_least"
        kept, broken = (self.more, self.less) if is_floor else (self.less, self.more)
        if test is None:
            return Proofs(split_p(kept), split_p(broken))
        return Proofs(split_p(kept, test.p_pass), split_p(broken, test.p_fail))
