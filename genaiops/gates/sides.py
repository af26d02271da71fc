"""Both arms of a comparison with their estimates, and the cases that changed between them."""

from dataclasses import dataclass

import numpy as np

from genaiops.gates.arms import Arm, mean
from genaiops.gates.estimates import ask_estimate
from genaiops.gates.finding import Comparison
from genaiops.gates.pairs import Pairs
from genaiops.gates.questions import Question
from genaiops.records import Estimate, Unstable

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Sides:
    """The estimates of both arms."""

    candidate: Estimate
    baseline: Estimate


def ask_sides(pairs: Pairs, *, alpha: float) -> Question[Sides]:
    """Ask for the estimates of both arms."""
    candidate = ask_estimate(pairs.candidate, alpha=alpha)
    # A missing score of the baseline counts against the candidate: at its best.
    baseline = ask_estimate(pairs.baseline, alpha=alpha).then(
        lambda shown: shown.model_copy(update={"value": mean(pairs.baseline.best)})
    )
    return candidate.beside(baseline).then(lambda both: Sides(*both))


def compare(pairs: Pairs, sides: Sides, difference: Estimate) -> Comparison:
    """The comparison, with counts of the cases that got better and worse."""
    changes = pairs.worst[pairs.is_complete]
    return Comparison(
        baseline=sides.baseline,
        difference=difference,
        improved=int(np.count_nonzero(changes > _ROUNDING)),
        worsened=int(np.count_nonzero(changes < -_ROUNDING)),
    )


def unstable_pairs(pairs: Pairs) -> Unstable | None:
    """The cases that change between repeats, and how many of them got worse."""
    here, there = pairs.candidate, pairs.baseline
    if not here.is_repeated and not there.is_repeated:
        return None
    is_worse = pairs.is_complete & (pairs.worst < -_ROUNDING)
    either = here.unstable | there.unstable
    worsened = [case_id for case_id, worse in zip(here.ids, is_worse, strict=True) if worse]
    return Unstable(
        candidate=tuple(sorted(here.unstable)),
        baseline=tuple(sorted(there.unstable)) if there.is_repeated else None,
        worsened=sum(case_id in either for case_id in worsened),
    )


def unstable_cases(arm: Arm, worsened: frozenset[str]) -> Unstable | None:
    """The cases of one arm that change between repeats, and how many of them are broken."""
    if not arm.is_repeated:
        return None
    return Unstable(candidate=tuple(sorted(arm.unstable)), worsened=len(arm.unstable & worsened))
