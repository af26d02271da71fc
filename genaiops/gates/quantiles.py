"""Gates on the share of cases that keep a limit: at_least and at_most with a quantile."""

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Arm, mean
from genaiops.gates.estimates import estimate
from genaiops.gates.finding import Finding, Remedy, Sentences
from genaiops.gates.remedies import missing_text, remedy_of
from genaiops.gates.rules import LimitWords, gate_limit, is_kept
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import Limit, cases_needed_for_limit, limit_quantile
from genaiops.text.quantities import counted


def find_quantile(gate: GateSpec, arm: Arm, quantile: float, *, seed: int) -> Finding:
    """Judge whether at least a share `quantile` of the cases keeps the limit."""
    limit, words = gate_limit(gate), LimitWords.of(gate_limit(gate), arm.info)
    test = limit_quantile(arm.worst, arm.best, quantile=quantile, limit=limit, alpha=gate.alpha)
    kept = _kept(arm.worst, limit)
    share = f"{100 * quantile:g}%"
    observed = mean(kept)
    wanted = Limit("at_least", quantile)
    is_worse = None if observed is None else not is_kept(observed, wanted)
    verb = "is" if arm.n == 1 else "are"
    seen = f"{int(kept.sum())} of {counted(arm.n, 'case')} {verb} {words.kept}"
    still = f"{share} or more" if is_worse else f"fewer than {share}"
    return Finding(
        gate=gate,
        info=arm.info,
        estimate=estimate(arm, seed=seed, alpha=gate.alpha, quantile=quantile),
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=Sentences(
            passed=f"{seen}; at least {share} is proven.",
            failed=f"{seen}; fewer than {share} is proven.",
            undecided=f"{seen}; {still} is still possible.{missing_text(arm.incomplete)}",
        ),
        remedy=_remedy(gate.alpha, arm, kept[arm.missing == 0], wanted),
        is_worse=is_worse,
        seen=f"{seen}, {share} wanted",
    )


def _kept(values: NDArray[np.float64], limit: Limit) -> NDArray[np.float64]:
    """1 where a case keeps the limit, else 0."""
    kept = values >= limit.value if limit.side == "at_least" else values <= limit.value
    return kept.astype(np.float64)


def _remedy(alpha: float, arm: Arm, complete: NDArray[np.float64], wanted: Limit) -> Remedy:
    needed = cases_needed_for_limit(complete, limit=wanted, alpha=alpha, lo=0.0, hi=1.0)
    observed, share = mean(complete), f"{100 * wanted.value:g}%"
    is_within = observed is not None and is_kept(observed, wanted)
    obstacle = f"what was seen is {'too close to' if is_within else 'fewer than'} {share}"
    return remedy_of(needed, arm.n, arm.incomplete, obstacle)
