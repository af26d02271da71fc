"""Gates on the share of cases that keep a limit: at_least and at_most with a quantile."""

import numpy as np
from numpy.typing import NDArray

from genaiops.gates.arms import Arm, mean
from genaiops.gates.bounds import Ranged, ask_limit
from genaiops.gates.estimates import ask_estimate
from genaiops.gates.finding import Finding, Remedy, Sentences
from genaiops.gates.questions import Question
from genaiops.gates.remedies import Units, missing_text, remedy_of
from genaiops.gates.rules import LimitWords, gate_limit, is_kept
from genaiops.records import Estimate
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import Limit, LimitTest, cases_needed_for_limit
from genaiops.text.quantities import counted


def ask_quantile(gate: GateSpec, arm: Arm, quantile: float) -> Question[Finding]:
    """Ask whether at least a share `quantile` of the cases keeps the limit."""
    limit = gate_limit(gate)
    ends = _kept(arm.worst, limit), _kept(arm.best, limit)
    share = Ranged.of_share(np.minimum(*ends), np.maximum(*ends), arm)
    test = ask_limit(share, Limit("at_least", quantile), alpha=gate.alpha)
    shown = ask_estimate(arm, alpha=gate.alpha, quantile=quantile)
    return test.beside(shown).then(lambda found: _find(gate, arm, quantile, *found))


def _find(gate: GateSpec, arm: Arm, quantile: float, test: LimitTest, shown: Estimate) -> Finding:
    limit, words = gate_limit(gate), LimitWords.of(gate_limit(gate), arm.info)
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
        estimate=shown,
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=Sentences(
            passed=f"{seen}; at least {share} is proven.",
            failed=f"{seen}; fewer than {share} is proven.",
            undecided=f"{seen}; {still} is still possible.{missing_text(arm.incomplete)}",
        ),
        remedy=_remedy(gate.alpha, arm, kept, wanted),
        is_worse=is_worse,
        seen=f"{seen}, {share} wanted",
    )


def _kept(values: NDArray[np.float64], limit: Limit) -> NDArray[np.float64]:
    """1 where a case keeps the limit, else 0."""
    kept = values >= limit.value if limit.side == "at_least" else values <= limit.value
    return kept.astype(np.float64)


def _remedy(alpha: float, arm: Arm, kept: NDArray[np.float64], wanted: Limit) -> Remedy:
    units = Units.of(arm, kept, arm.missing == 0)
    observed, share = mean(kept[arm.missing == 0]), f"{100 * wanted.value:g}%"
    is_within = observed is not None and is_kept(observed, wanted)
    needed = cases_needed_for_limit(units.complete, limit=wanted, alpha=alpha, lo=0.0, hi=1.0)
    obstacle = f"what was seen is {'too close to' if is_within else 'fewer than'} {share}"
    return remedy_of(needed if is_within else None, units, obstacle, weight=units.largest)
