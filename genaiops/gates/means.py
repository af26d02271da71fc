"""Gates on the mean of one run: at_least and at_most."""

from genaiops.gates.arms import Arm, mean
from genaiops.gates.bounds import Ranged, ask_limit
from genaiops.gates.clean_cases import clean_cases
from genaiops.gates.course import Course
from genaiops.gates.estimates import estimate_mean
from genaiops.gates.finding import Finding, Remedy, Sentences
from genaiops.gates.followed import ask_followed_limit
from genaiops.gates.numbers import number_style
from genaiops.gates.questions import Question
from genaiops.gates.ranges import Range, range_of
from genaiops.gates.remedies import Units, missing_text, remedy_of
from genaiops.gates.rules import LimitWords, gate_limit, is_kept
from genaiops.gates.sides import unstable_cases
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import Interval, LimitTest, cases_needed_for_limit


def ask_mean(gate: GateSpec, arm: Arm, course: Course | None) -> Question[Finding]:
    """Ask whether the mean of a metric with a bounded range keeps a limit."""
    limit = gate_limit(gate)
    if course is None:
        test = ask_limit(Ranged.of(arm), limit, alpha=gate.alpha)
    else:
        test = ask_followed_limit(arm, course, limit, alpha=gate.alpha)
    return test.then(lambda found: _find(gate, arm, found))


def _find(gate: GateSpec, arm: Arm, test: LimitTest) -> Finding:
    limit, values, style = gate_limit(gate), range_of(arm.info), number_style(arm.info)
    words = LimitWords.of(limit, arm.info)
    bounds = Interval(test.low, test.high)
    shown = estimate_mean(arm, bounds, alpha=gate.alpha, method=test.method)
    is_worse = None if shown.value is None else not is_kept(shown.value, limit)
    seen = style.value(shown.value, apart_from=[limit.value])
    still = words.kept if is_worse else words.broken
    return Finding(
        gate=gate,
        info=arm.info,
        estimate=shown,
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=Sentences(
            passed=f"Proven to be {words.kept}.",
            failed=f"Proven to be {words.broken}.",
            undecided=(
                f"{seen} was seen; {still} is still possible."
                f"{_price(gate, arm, words)}{missing_text(arm.incomplete)}"
            ),
        ),
        remedy=_remedy(gate, arm, values, words),
        is_worse=is_worse,
        seen=f"{seen} is {words.broken if is_worse else words.kept}",
        unstable=unstable_cases(arm, frozenset()),
    )


def _price(gate: GateSpec, arm: Arm, words: LimitWords) -> str:
    """What a proof takes at the least, where scores are 0 or 1 and cases are fewer."""
    least = clean_cases(gate, arm.info)
    if least is None or arm.n >= least:
        return ""
    return f" {words.kept[0].upper()}{words.kept[1:]} takes {least:,} clean cases."


def _remedy(gate: GateSpec, arm: Arm, values: Range, words: LimitWords) -> Remedy:
    limit = gate_limit(gate)
    units = Units.of(arm, arm.worst, arm.missing == 0)
    observed = mean(arm.worst[arm.missing == 0])
    is_within = observed is not None and is_kept(observed, limit)
    needed = cases_needed_for_limit(
        units.complete, limit=limit, alpha=gate.alpha, lo=values.low, hi=values.high
    )
    obstacle = f"what was seen is too close to {words.limit}"
    if not is_within:
        obstacle = f"what was seen is {words.broken}"
    return remedy_of(needed if is_within else None, units, obstacle, weight=units.largest)
