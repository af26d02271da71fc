"""What follows from verdicts: which gate blocks, and the sentences that say so."""

from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.gates.finding import Finding
from genaiops.records import Word
from genaiops.specs.evaluation import OnInconclusive
from genaiops.text.quantities import counted


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with its word and whether it blocks; `policy` is the one that holds for it.

    `parts` are the slices of a gate that is judged by those, the worst first.
    """

    finding: Finding
    word: Word
    p_fail: float | None
    policy: OnInconclusive
    blocks: bool
    parts: tuple["Judged", ...] = ()

    @property
    def name(self) -> str:
        return self.finding.gate.metric

    @property
    def is_undecided(self) -> bool:
        """Whether it is open; slices never are, for they are not asked to pass."""
        return self.word == "inconclusive" and not self.parts

    @property
    def sentence(self) -> str:
        """What the gate says."""
        return _slices_sentence(self.parts) if self.parts else self.finding.sentences.of(self.word)


def judge(finding: Finding, p_fail: float | None, policy: OnInconclusive) -> Judged:
    """Apply the gate's own policy, or else the evaluation's."""
    own, word = finding.gate.on_inconclusive or policy, finding.word(p_fail)
    return Judged(finding, word, p_fail, own, _blocks(finding, word, own))


def judge_slices(
    whole: Finding, parts: Sequence[tuple[Finding, float | None]], policy: OnInconclusive
) -> Judged:
    """Judge a gate by its slices: it fails where any of them does, and never passes."""
    own, is_blocking = whole.gate.on_inconclusive or policy, whole.gate.tier == "blocking"
    judged = sorted((_judge_slice(part, p_fail, own) for part, p_fail in parts), key=_badness)
    p_values = [each.p_fail for each in judged if each.p_fail is not None]
    word: Word = "fail" if any(each.word == "fail" for each in judged) else "inconclusive"
    return Judged(
        finding=whole,
        word=word,
        p_fail=min(p_values, default=None),
        policy=own,
        blocks=word == "fail" and is_blocking,
        parts=tuple(judged),
    )


def _judge_slice(part: Finding, p_fail: float | None, policy: OnInconclusive) -> Judged:
    word = part.word_of_slice(p_fail)
    return Judged(part, word, p_fail, policy, word == "fail" and part.gate.tier == "blocking")


def _badness(judged: Judged) -> tuple[bool, bool, float, str]:
    """Fails before the rest, and the likelier first; what was not tested is last."""
    p_fail, name = judged.p_fail, judged.finding.slice or ""
    return judged.word != "fail", p_fail is None, 0.0 if p_fail is None else p_fail, name


def _slices_sentence(parts: Sequence[Judged]) -> str:
    failed = [each.finding.slice or "" for each in parts if each.word == "fail"]
    all_ = counted(len(parts), "slice")
    if failed:
        return f"{len(failed)} of {all_} failed: {', '.join(failed)}."
    none = f"None of {all_} failed" if len(parts) > 1 else f"{parts[0].finding.slice} did not fail"
    return f"{none}. Slices can fail and never pass."


def decision_word(judged: Sequence[Judged]) -> Word:
    """The word of all blocking gates together.

    Slices alone prove nothing good, and what does not block decides nothing: where no other gate
    is blocking, it is inconclusive.
    """
    blocking = _blocking(judged)
    if any(each.word == "fail" for each in blocking):
        return "fail"
    if any(each.is_undecided for each in blocking):
        return "inconclusive"
    return "pass" if any(not each.parts for each in blocking) else "inconclusive"


def policy_sentence(judged: Sequence[Judged], policy: OnInconclusive) -> str:
    """The line that says what blocks, or why nothing does."""
    blocking = _blocking(judged)
    result = "BLOCKED" if any(each.blocks for each in blocking) else "NOT BLOCKED"
    failed = dict.fromkeys(each.name for each in blocking if each.word == "fail")
    undecided = [each for each in blocking if each.is_undecided]
    if failed:
        return f"policy: a failed gate blocks -> {result} ({', '.join(failed)})"
    if not blocking:
        return f"policy: no gate is blocking -> {result}"
    if not undecided:
        return f"policy: {_calm(blocking)} -> {result}"
    # What blocks is the reason of a block; else every open gate has to be explained.
    named = [each for each in undecided if each.blocks] or undecided
    shown = named[0].policy if len({each.policy for each in named}) == 1 else policy
    reasons = _reasons(named, shown, is_alone=len(blocking) == 1)
    then = ", then block_if_worse" if shown == "extend" else ""
    return f"policy on_inconclusive: {shown}{then} -> {result} ({'; '.join(reasons)})"


def summary(judged: Sequence[Judged]) -> str:
    """The few words behind the word of the decision."""
    blocking = _blocking(judged)
    failed = dict.fromkeys(each.name for each in blocking if each.word == "fail")
    undecided = [each for each in blocking if each.is_undecided]
    if failed:
        return f"{', '.join(failed)} failed"
    if not blocking:
        return "no gate is blocking"
    if not undecided:
        return _calm(blocking)
    if len(undecided) == 1:
        return _open_summary(undecided[0].finding)
    return f"{len(undecided)} of {len(blocking)} blocking gates are open"


def _calm(blocking: Sequence[Judged]) -> str:
    """That nothing failed and nothing is open, and what passed."""
    if all(each.parts for each in blocking):
        return "no slice failed, and slices never pass"
    passed = "every blocking gate passed"
    return f"{passed}, no slice failed" if any(each.parts for each in blocking) else passed


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
