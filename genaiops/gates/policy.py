"""What follows from verdicts: which gate blocks, and the sentences that say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.gates.finding import Finding
from genaiops.records import Word
from genaiops.specs.evaluation import OnInconclusive


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with its word and whether it blocks; `policy` is the one that holds for it."""

    finding: Finding
    word: Word
    p_fail: float | None
    policy: OnInconclusive
    blocks: bool

    @property
    def name(self) -> str:
        return self.finding.gate.metric


def judge(finding: Finding, word: Word, p_fail: float | None, policy: OnInconclusive) -> Judged:
    """Apply the gate's own policy, or else the evaluation's."""
    own = finding.gate.on_inconclusive or policy
    return Judged(finding, word, p_fail, own, _blocks(finding, word, own))


def decision_word(judged: Sequence[Judged]) -> Word:
    """The word of all blocking gates together; without any it is a pass."""
    words = {each.word for each in _blocking(judged)}
    if "fail" in words:
        return "fail"
    return "inconclusive" if "inconclusive" in words else "pass"


def policy_sentence(judged: Sequence[Judged], policy: OnInconclusive) -> str:
    """The line that says what blocks, or why nothing does."""
    blocking = _blocking(judged)
    result = "BLOCKED" if any(each.blocks for each in blocking) else "NOT BLOCKED"
    failed = [each.name for each in blocking if each.word == "fail"]
    undecided = [each for each in blocking if each.word == "inconclusive"]
    if failed:
        return f"policy: a failed gate blocks -> {result} ({', '.join(failed)})"
    if not blocking:
        return f"policy: no gate is blocking -> {result}"
    if not undecided:
        return f"policy: every blocking gate passed -> {result}"
    # What blocks is the reason of a block; else every open gate has to be explained.
    named = [each for each in undecided if each.blocks] or undecided
    shown = named[0].policy if len({each.policy for each in named}) == 1 else policy
    reasons = _reasons(named, shown, is_alone=len(blocking) == 1)
    return f"policy on_inconclusive: {shown} -> {result} ({'; '.join(reasons)})"


def summary(judged: Sequence[Judged]) -> str:
    """The few words behind the word of the decision."""
    blocking = _blocking(judged)
    failed = [each.name for each in blocking if each.word == "fail"]
    undecided = [each for each in blocking if each.word == "inconclusive"]
    if failed:
        return f"{', '.join(failed)} failed"
    if not blocking:
        return "no gate is blocking"
    if not undecided:
        return "every blocking gate passed"
    if len(undecided) == 1:
        return _open_summary(undecided[0].finding)
    return f"{len(undecided)} of {len(blocking)} blocking gates are open"


def _blocking(judged: Sequence[Judged]) -> list[Judged]:
    return [each for each in judged if each.finding.gate.tier == "blocking"]


def _blocks(finding: Finding, word: Word, policy: OnInconclusive) -> bool:
    if finding.gate.tier != "blocking" or word == "pass":
        return False
    if word == "fail":
        return True
    if finding.is_first or policy == "allow":
        return False
    return policy == "block" or bool(finding.is_worse)


def _reasons(named: Sequence[Judged], shown: OnInconclusive, *, is_alone: bool) -> list[str]:
    """What was seen, with the names of the gates; the policy of a gate where it is another."""
    names: dict[str, list[str]] = {}
    for each in named:
        own = "" if each.policy == shown else f", {each.policy}"
        names.setdefault(f"{each.finding.seen}{own}", []).append(each.name)
    if is_alone:
        return list(names)
    return [f"{', '.join(gates)}: {seen}" for seen, gates in names.items()]


def _open_summary(finding: Finding) -> str:
    if finding.is_open:
        sentence = finding.sentences.undecided
        return f"{sentence[0].lower()}{sentence[1:].rstrip('.')}"
    if finding.comparison is None:
        return f"{finding.gate.metric} is open"
    drop = "drop" if finding.info.direction == "higher" else "rise"
    return f"no proven {drop}, safety not proven"
