"""Gates on a calibrated judge: means and drops as people would give them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from genaiops.gates.arms import Arm
from genaiops.gates.asked import Asked, nothing
from genaiops.gates.drops import ask_drop
from genaiops.gates.estimates import estimate_mean, level_of
from genaiops.gates.finding import Finding, Remedy, Sentences
from genaiops.gates.labelled import (
    Answers,
    ask_carried,
    ask_own,
    carried,
    clusters_of,
    labels_of,
)
from genaiops.gates.numbers import number_style
from genaiops.gates.pairs import Pairs
from genaiops.gates.questions import Question
from genaiops.gates.ranges import Range, range_of
from genaiops.gates.remedies import missing_text
from genaiops.gates.rules import LimitWords, gate_limit, is_kept
from genaiops.gates.sides import Sides, ask_sides, compare, unstable_cases, unstable_pairs
from genaiops.gates.standing import LEAST_LABELS, Calibrated, Standing
from genaiops.records import Calibration, CalibrationWord, Estimate, LabelledAnswer, RunScores
from genaiops.specs.evaluation import GateSpec
from genaiops.stats import Interval, JudgedMean, limit_judged, paired_judged

_ROUNDING = 1e-9
_REMEDY = Remedy("more labels of these answers: genaiops judge label")
_CARRIED = "The labels are of other answers: that the judge errs on these as on those is assumed."


def worded(asked: Asked, standing: Standing | None) -> Asked:
    """What a gate says, with the word for the judge behind it before everything else."""
    if standing is None:
        return asked
    known = standing

    def tell(found: Finding) -> Finding:
        return _worded(found, known)

    return Asked(asked.whole.then(tell), tuple(part.then(tell) for part in asked.parts))


def _worded(found: Finding, standing: Standing) -> Finding:
    word: CalibrationWord = "calibrated" if isinstance(standing, Calibrated) else "uncalibrated"
    lead, said = f"{word.upper()} ({standing.why}).", found.sentences
    sentences = Sentences(
        *(f"{lead} {each}" for each in (said.passed, said.failed, said.undecided))
    )
    return replace(found, sentences=sentences, calibration=word)


def ask_calibrated_mean(
    gate: GateSpec, arm: Arm, scores: RunScores, calibration: Calibration
) -> Question[Finding]:
    """Ask whether the mean that people would give keeps a limit.

    From labels of these very answers where enough of them have one, else from those of others.
    """
    own, clusters, values = labels_of(calibration, scores), clusters_of(scores), range_of(arm.info)
    ends = np.stack([arm.low, arm.high])
    ids = [clusters[case_id] for case_id in arm.ids]
    people = {place: own[each].value for place, each in enumerate(arm.ids) if each in own}
    if len(people) < LEAST_LABELS:
        asked, told = ask_carried(carried(calibration, ends, ids, values)), _CARRIED
    else:
        asked = ask_own(Answers.of(people, ends, ids, values))
        told = f"{len(people)} of these {arm.n} answers are labelled."
    if asked is None:
        return nothing(gate, arm, "the labels cannot tell", _REMEDY.text)
    return asked.then(lambda judged: _mean(gate, arm, judged, told))


def _mean(gate: GateSpec, arm: Arm, judged: JudgedMean, told: str) -> Finding:
    limit, style, values = gate_limit(gate), number_style(arm.info), range_of(arm.info)
    test = limit_judged(judged, limit=limit, alpha=gate.alpha)
    words = LimitWords.of(limit, arm.info)
    worst = judged.lowest if arm.info.direction == "higher" else judged.highest
    value = _within(worst.around.mean, values)
    is_worse = not is_kept(value, limit)
    seen = f"{style.value(value, apart_from=[limit.value])} is people's view by these labels"
    missing = missing_text(arm.incomplete)
    return Finding(
        gate=gate,
        info=arm.info,
        estimate=estimate_mean(
            arm, Interval(test.low, test.high), alpha=gate.alpha, method=test.method
        ).model_copy(update={"value": value}),
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=Sentences(
            passed=f"{told} Proven to be {words.kept}.{missing}",
            failed=f"{told} Proven to be {words.broken}.{missing}",
            undecided=(
                f"{told} {seen}; {words.kept if is_worse else words.broken} is still possible."
                f"{missing}"
            ),
        ),
        remedy=_REMEDY,
        is_worse=is_worse,
        seen=f"{style.value(value, apart_from=[limit.value])} is "
        f"{words.broken if is_worse else words.kept}",
        unstable=unstable_cases(arm, frozenset()),
    )


@dataclass(frozen=True, slots=True)
class LabelledArms:
    """The labels of the answers of both arms, by case."""

    candidate: Mapping[str, LabelledAnswer]
    baseline: Mapping[str, LabelledAnswer]

    def gain(self, case_id: str) -> float | None:
        """By how much people rate the candidate's answer higher; None without both labels."""
        here, there = self.candidate.get(case_id), self.baseline.get(case_id)
        return None if here is None or there is None else here.value - there.value


def ask_calibrated_drop(
    gate: GateSpec, pairs: Pairs, runs: tuple[RunScores, RunScores], standing: Calibrated
) -> Question[Finding]:
    """Ask whether people would find the candidate worse than its baseline by the margin.

    `runs` are both of them. Labels of both arms correct the difference case by case. Without enough
    of them the judge's own difference is tested, as the same labels for both arms cancel in it; of
    a difference the judge shows only a part, to which the margin shrinks.
    """
    margin = gate.margin or 0.0
    labels = LabelledArms(*(labels_of(standing.calibration, scores) for scores in runs))
    cases, info = pairs.candidate.ids, pairs.candidate.info
    sign = 1.0 if info.direction == "higher" else -1.0
    gains = {place: labels.gain(case_id) for place, case_id in enumerate(cases)}
    people = {place: sign * gain for place, gain in gains.items() if gain is not None}
    if len(people) < LEAST_LABELS:
        told = _carried_drop(pairs, margin, standing.response)
        asked = ask_drop(gate, pairs, _shown_part(margin, standing.response), None)
        return asked.then(lambda found: _told(found, told))
    ends, clusters = np.stack([pairs.worst, pairs.best]), clusters_of(runs[0])
    ids, span = [clusters[case_id] for case_id in cases], range_of(info).span
    asked = ask_own(Answers.of(people, ends, ids, Range(-span, span)))
    if asked is None:
        return nothing(gate, pairs.candidate, "the labels cannot tell", _REMEDY.text)
    sides = ask_sides(pairs, alpha=gate.alpha)
    told = f"{len(people)} of {pairs.candidate.n} pairs of answers are labelled."
    return asked.beside(sides).then(lambda found: _drop(gate, pairs, *found, told))


def _shown_part(margin: float, response: float) -> float:
    """The margin in the judge's scores; to four digits, as it is told."""
    return round(margin * min(response, 1.0), 4)


def _carried_drop(pairs: Pairs, margin: float, response: float) -> str:
    if not margin:
        return _CARRIED
    part = number_style(pairs.candidate.info).allowance(_shown_part(margin, response))
    shown = f"Of a difference it shows {min(response, 1.0):.0%}"
    return f"{_CARRIED} {shown}, so the margin is {part} of its score."


def _drop(gate: GateSpec, pairs: Pairs, judged: JudgedMean, sides: Sides, told: str) -> Finding:
    margin, info = gate.margin or 0.0, pairs.candidate.info
    test, style = paired_judged(judged, margin=margin, alpha=gate.alpha), number_style(info)
    gain = _within(judged.lowest.around.mean, Range(-range_of(info).span, range_of(info).span))
    is_higher = info.direction == "higher"
    value, low, high = (gain, test.low, test.high) if is_higher else (-gain, -test.high, -test.low)
    difference = Estimate(
        value=value + 0.0,
        low=low + 0.0,
        high=high + 0.0,
        n=pairs.candidate.n,
        missing=pairs.incomplete,
        clusters=pairs.candidate.cluster_count,
        level=level_of(gate.alpha),
        method=test.method,
    )
    is_worse = gain < -_ROUNDING and gain <= _ROUNDING - margin
    seen = style.signed(difference.value, apart_from=[margin])
    return Finding(
        gate=gate,
        info=info,
        estimate=sides.candidate,
        passes=test.passes,
        fails=test.fails,
        p_fail=test.p_fail,
        sentences=_drop_sentences(pairs, style.allowance(margin) if margin else None, told),
        remedy=_REMEDY,
        is_worse=is_worse,
        seen=f"{seen} {'reaches' if is_worse else 'is within'} {style.number(margin)}",
        comparison=compare(pairs, sides, difference),
        unstable=unstable_pairs(pairs),
    )


def _drop_sentences(pairs: Pairs, allowed: str | None, told: str) -> Sentences:
    drop, missing = pairs.drop, missing_text(pairs.incomplete)
    lead = f"{told} To people's eyes"
    if allowed is None:
        passed, undecided = "an improvement is proven", "no improvement is proven"
    else:
        passed = f"a {drop} of {allowed} or more is ruled out"
        undecided = f"a {drop} of over {allowed} is still possible"
    failed = f"a {drop} is proven"
    return Sentences(*(f"{lead} {each}.{missing}" for each in (passed, failed, undecided)))


def _told(found: Finding, told: str) -> Finding:
    said = found.sentences
    sentences = (f"{told} {each}" for each in (said.passed, said.failed, said.undecided))
    return replace(found, sentences=Sentences(*sentences))


def _within(value: float, values: Range) -> float:
    return min(max(value, values.low), values.high)
