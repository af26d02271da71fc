"""The order in which cases were drawn for a run that is looked at before its end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from genaiops.digests import digest
from genaiops.gates.bounds import Ranged
from genaiops.gates.pairs import Pairs
from genaiops.gates.ranges import range_of
from genaiops.records import CaseScores, EvalRun, RunScores
from genaiops.stats import ClusterTotals, Units


def drawn_units(run: EvalRun, cases: Iterable[CaseScores]) -> list[list[str]]:
    """The ids of the cases, a whole cluster or a case alone at a time, in a random order.

    It depends on the seed of the evaluation, the dataset and the names of cases and clusters, and
    so is known before any score: each unit stands where the digest of all these puts it.
    """
    units: dict[tuple[str, str], list[str]] = {}
    for case in cases:
        alone = ("case", case.case_id)
        name = alone if case.cluster is None else ("cluster", case.cluster)
        units.setdefault(name, []).append(case.case_id)
    dataset = run.digests.get("dataset", "")
    drawn = sorted(units, key=lambda name: digest([run.seed, dataset, *name]))
    return [sorted(units[name]) for name in drawn]


@dataclass(frozen=True, slots=True)
class Course:
    """What gates know of a run that is looked at as it goes.

    `places` has the place of each case in the order drawn. No cluster of the dataset has more
    cases than `largest_cluster`. `is_whole` says that no case is left.
    """

    places: Mapping[str, int]
    largest_cluster: int
    is_whole: bool

    @classmethod
    def of(cls, scores: RunScores) -> "Course | None":
        """That of a run; None of one that is judged when it is done."""
        looks = scores.run.looks
        if looks is None:
            return None
        order = (case_id for unit in drawn_units(scores.run, scores.cases) for case_id in unit)
        places = {case_id: place for place, case_id in enumerate(order)}
        return cls(places, looks.largest_cluster, is_whole=looks.end == "whole")

    def differences(self, pairs: Pairs) -> Units:
        """The differences of pairs, in the order drawn."""
        order, arm = self._order(pairs.candidate.ids), pairs.candidate
        span = range_of(arm.info).span
        ids = [arm.cluster_ids[place] for place in order]
        totals = ClusterTotals.of(pairs.worst[order], pairs.best[order], ids, lo=-span, hi=span)
        return Units.of_clusters(totals)

    def scores(self, ranged: Ranged, case_ids: Sequence[str]) -> Units:
        """The scores of cases, in the order drawn."""
        order = self._order(case_ids)
        clusters = range(len(order)) if ranged.clusters is None else ranged.clusters
        totals = ClusterTotals.of(
            ranged.low[order],
            ranged.high[order],
            [clusters[place] for place in order],
            lo=ranged.values.low,
            hi=ranged.values.high,
        )
        return Units.of_clusters(totals)

    def _order(self, case_ids: Sequence[str]) -> list[int]:
        return sorted(range(len(case_ids)), key=lambda place: self.places[case_ids[place]])
