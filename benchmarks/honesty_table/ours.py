"""Our own gate on evaluations of a world: by the functions that `genaiops gate` decides with."""

from collections.abc import Iterable

import numpy as np
from honesty_table.peers import Claims
from honesty_table.worlds import Sample, Samples
from numpy.typing import NDArray

from genaiops.gates import decide
from genaiops.records import Baseline, CaseScores, Decision, EvalRun, MetricInfo, RunScores
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import Counts, PairedTest, paired_binary, paired_bounded
from genaiops.stats.clusters import ClusterTotals, paired_clustered

ALPHA = 0.05
_SEED = 0


def judge(samples: Samples, margin: float) -> Claims:
    """What our gate says of each evaluation; equal evaluations are judged once."""
    distinct, like = samples.distinct()
    tests = [paired(sample, margin) for sample in distinct]
    passes, fails = (
        np.array([getattr(test, word) for test in tests], np.bool_)[like]
        for word in ("passes", "fails")
    )
    return Claims(passes, fails & ~passes)


def paired(sample: Sample, margin: float) -> PairedTest:
    """The test that a gate with this margin makes of one evaluation."""
    differences = sample.differences
    if sample.world.cluster_size > 1:
        ids = sample.clusters.tolist()
        totals = ClusterTotals.of(differences, differences, ids, lo=-1, hi=1)
        return paired_clustered(totals, totals.draws(seed=_SEED), margin=margin, alpha=ALPHA)
    if sample.world.repeats == 1:
        gains, harms = (int(np.count_nonzero(side > 0)) for side in (differences, -differences))
        counts = Counts(gains, harms, len(differences))
        return paired_binary(counts, counts, margin=margin, alpha=ALPHA)
    return paired_bounded(differences, differences, margin=margin, alpha=ALPHA, seed=_SEED)


def decision(sample: Sample, margin: float) -> Decision:
    """The whole decision of `genaiops gate` on one evaluation, from its scores."""
    gate = GateSpec(metric="correct", no_worse_than="baseline", margin=margin, alpha=ALPHA)
    baseline, candidate = (
        _scores(scores, sample) for scores in (sample.baseline, sample.candidate)
    )
    return decide([gate], candidate, Baseline(scores=baseline), policy="block_if_worse")


def _scores(averages: NDArray[np.float64], sample: Sample) -> RunScores:
    repeats = sample.world.repeats
    info = MetricInfo(
        name="correct", metric="correct", low=0, high=1, direction="higher", digest="", binary=True
    )  # fmt: skip
    run = EvalRun(
        id="honesty-1",
        eval="honesty",
        digest="",
        digests={},
        metrics=(info,),
        repeats=repeats,
        planned=len(averages) * repeats,
        scored=len(averages) * repeats,
        version="",
    )
    return RunScores(run=run, cases=tuple(_cases(averages, sample)))


def _cases(averages: NDArray[np.float64], sample: Sample) -> Iterable[CaseScores]:
    repeats = sample.world.repeats
    for place, (average, cluster) in enumerate(zip(averages, sample.clusters, strict=True)):
        right = round(average * repeats)
        yield CaseScores(
            case_id=f"{place:05}",
            cluster=f"document {cluster}" if sample.world.cluster_size > 1 else None,
            scores={"correct": (1.0,) * right + (0.0,) * (repeats - right)},
        )
