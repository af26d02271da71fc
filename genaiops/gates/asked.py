"""What a gate asks of a run, and what leaves it open whatever the answer is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from genaiops.gates.arms import Arm
from genaiops.gates.cluster_words import enough_clusters
from genaiops.gates.estimates import ask_estimate
from genaiops.gates.finding import Finding, Remedy, Sentences, undecided
from genaiops.gates.numbers import NumberStyle
from genaiops.gates.questions import Question
from genaiops.gates.remedies import score_first
from genaiops.gates.rules import slice_text
from genaiops.gates.slices import in_slice
from genaiops.specs.evaluation import GateSpec


@dataclass(frozen=True, slots=True)
class Asked:
    """What a gate asks of all cases, and of each of its slices.

    A gate on slices is judged by those; `parts` are empty for any other.
    """

    whole: Question[Finding]
    parts: tuple[Question[Finding], ...] = ()


@dataclass(frozen=True, slots=True)
class AskedSlice:
    """What a gate asks of one slice."""

    name: str
    question: Question[Finding]


def sliced(
    gate: GateSpec, arm: Arm, whole: Question[Finding], parts: Sequence[AskedSlice]
) -> Asked:
    """What a gate on slices asks; one that finds no case in them says so and never blocks."""
    if parts:
        return Asked(whole, tuple(_named(part) for part in parts))
    open_ = nothing(gate, arm, f"no case of slice {slice_text(gate)}", "cases of that slice")
    return Asked(open_.then(lambda found: replace(found, is_first=True)))


def _named(part: AskedSlice) -> Question[Finding]:
    return part.question.then(lambda found: in_slice(found, part.name))


def nothing(gate: GateSpec, arm: Arm, why: str, remedy: str) -> Question[Finding]:
    """A gate of which nothing can be said, and why."""
    shown = ask_estimate(arm, alpha=gate.alpha)
    return shown.then(lambda known: undecided(gate, known, arm.info, why=why, remedy=remedy))


def waiting(asked: Asked) -> Asked:
    """What a gate on all cases can say while not all were run: that a count is over already."""
    return Asked(asked.whole.then(_waiting))


def _waiting(found: Finding) -> Finding:
    if found.fails and found.p_fail is None and not found.is_open:
        return found
    sentence = "Judged on all cases only, and not all were run."
    return replace(
        found,
        passes=False,
        fails=False,
        p_fail=None,
        sentences=Sentences(passed=sentence, failed=sentence, undecided=sentence),
        remedy=Remedy("all cases: genaiops gate without --sequential"),
        is_open=True,
    )


def limited(found: Finding, missing_share: float, incomplete: int) -> Finding:
    """The finding, left open by too many missing scores or too few clusters.

    A limit that was seen to be broken stays so.
    """
    allowed = found.gate.max_missing
    if missing_share <= allowed or (found.fails and found.p_fail is None):
        return enough_clusters(found)
    style = NumberStyle(scale=100, decimals=1, prefix="", unit="%", points="%")
    share = style.value(missing_share, apart_from=[allowed])
    sentence = f"{share} of the scores are missing, {style.limit(allowed)} may be."
    return replace(
        found,
        sentences=Sentences(passed=sentence, failed=sentence, undecided=sentence),
        remedy=score_first(incomplete),
        is_open=True,
    )
