"""What a gate costs: 20 graded metrics, each judged on all cases and on 10 slices.

    python benchmarks/gate.py [--cases 1000]

Prints seconds of processor time; the reach is 2 s at 1,000 cases.
"""

import argparse
import time

import numpy as np

from genaiops.gates import decide
from genaiops.records import Baseline, CaseScores, EvalRun, MetricInfo, RunScores
from genaiops.specs.evaluation import GateSpec

METRICS = 20
SLICES = 10
REACH_S = 2.0


def _run(cases: int, seed: int) -> RunScores:
    """A run with random scores in [0, 1], one a case and metric."""
    infos = tuple(
        MetricInfo(name=f"m{place}", metric="m", low=0, high=1, direction="higher", digest="d")
        for place in range(METRICS)
    )
    run = EvalRun(
        id=f"r{seed}",
        eval="cost",
        digest="0",
        digests={"dataset": "d"},
        metrics=infos,
        slices=("topic",),
        planned=cases,
        version="0",
    )
    drawn = np.random.default_rng(seed).random((cases, METRICS))
    return RunScores(
        run=run,
        cases=tuple(
            CaseScores(
                case_id=f"c{place}",
                tags={"topic": f"t{place % SLICES}"},
                scores={info.name: (float(value),) for info, value in zip(infos, row, strict=True)},
            )
            for place, row in enumerate(drawn)
        ),
    )


def main() -> None:
    """Judge once and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    cases = parser.parse_args().cases
    candidate, baseline = _run(cases, 1), Baseline(scores=_run(cases, 2))
    gates = [
        GateSpec(metric=f"m{place}", no_worse_than="baseline", margin=0.05, slice=part)
        for place in range(METRICS)
        for part in (None, "topic")
    ]
    start = time.process_time()
    decide(gates, candidate, baseline, policy="block")
    spent = time.process_time() - start
    print(
        f"{cases:,} cases x {METRICS} metrics x (all + {SLICES} slices): {spent:.2f} s of processor"
        f" time (reach at 1,000 cases: {REACH_S:g} s)"
    )


if __name__ == "__main__":
    main()
