"""What one gate finds before gates are judged together and a policy is applied."""

from dataclasses import dataclass

from genaiops.records import CalibrationWord, Estimate, MetricInfo, Unstable, Word
from genaiops.specs.evaluation import GateSpec

SLICE_DISCOVERIES = 0.10
"""Of the slices that fail without blocking, the share that may do so by chance."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What a gate says, by the word that it gets in the end."""

    passed: str
    failed: str
    undecided: str

    def of(self, word: Word) -> str:
        match word:
            case "pass":
                return self.passed
            case "fail":
                return self.failed
            case "inconclusive":
                return self.undecided


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would decide an inconclusive gate; `n_needed` is None where no number of cases would."""

    text: str
    n_needed: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate against its baseline on the cases that both hold."""

    baseline: Estimate
    difference: Estimate
    improved: int
    worsened: int


@dataclass(frozen=True, slots=True)
class Finding:
    """The numbers of one gate, and what they prove.

    `passes` and `fails` may both hold (a real and tolerable drop); a pass wins. `p_fail` is None
    for what is observed and not inferred. `is_worse` says that what was observed, missing scores at
    their worst, is on the wrong side, and `seen` says it in words; None where nothing was observed.
    `is_open` forbids any word but inconclusive. `is_first` is a gate without anything to compare
    with yet, which never blocks. `slice` names the part of the cases that was looked at, if any.
    `calibration` is there where the scores are those of a judge.
    """

    gate: GateSpec
    info: MetricInfo
    estimate: Estimate
    passes: bool
    fails: bool
    p_fail: float | None
    sentences: Sentences
    remedy: Remedy
    is_worse: bool | None
    seen: str
    comparison: Comparison | None = None
    unstable: Unstable | None = None
    slice: str | None = None
    calibration: CalibrationWord | None = None
    is_open: bool = False
    is_first: bool = False

    def word(self, p_fail: float | None) -> Word:
        """The word, given the p-value of a fail as corrected for the other gates."""
        if self.is_open:
            return "inconclusive"
        if self.passes:
            return "pass"
        proven = p_fail is None or p_fail <= self.gate.alpha
        return "fail" if self.fails and proven else "inconclusive"

    def word_of_slice(self, p_fail: float | None) -> Word:
        """The word of a slice, which never passes, given its p-value as corrected."""
        if self.is_open or self.passes:
            return "inconclusive"
        if p_fail is None:
            return "fail" if self.fails else "inconclusive"
        level = self.gate.alpha if self.gate.tier == "blocking" else SLICE_DISCOVERIES
        return "fail" if p_fail <= level else "inconclusive"


def undecided(
    gate: GateSpec, shown: Estimate, info: MetricInfo, *, why: str, remedy: str
) -> Finding:
    """A gate that nothing can be said about, and why."""
    sentence = f"{why[0].upper()}{why[1:]}."
    return Finding(
        gate=gate,
        info=info,
        estimate=shown,
        passes=False,
        fails=False,
        p_fail=None,
        sentences=Sentences(sentence, sentence, sentence),
        remedy=Remedy(remedy),
        is_worse=None,
        seen=why,
        is_open=True,
    )
