"""The margins that gates begin with: why so, and what they mean; for people and for the file."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from genaiops.evaluations.reports.terminal.power import sample_text
from genaiops.gates import number_style
from genaiops.gates.margins import FirstMargin, blocked_share
from genaiops.gates.noise import Noise
from genaiops.gates.rules import gate_text
from genaiops.specs.evaluation import OnInconclusive
from genaiops.text.layout import wrapped
from genaiops.text.quantities import counted

_COMMENT_WIDTH = 96


def margins_text(firsts: Sequence[FirstMargin], policy: OnInconclusive) -> str:
    """Each gate with its margin, and the sentences behind it."""
    lines: list[str] = []
    for first in firsts:
        given = "no margin" if first.margin is None else f"margin {first.margin:g}"
        sample = sample_text(first.of.sample)
        lines.append(f"MARGIN  {gate_text(first.of.gate)}: {given}, {sample} x {first.repeats}")
        own = first.of.gate.on_inconclusive or policy
        lines += [wrapped(told, indent=2) for told in _sentences(first, own)]
    return "\n".join(lines)


def margin_comment(first: FirstMargin, policy: OnInconclusive) -> tuple[str, ...]:
    """The lines of a comment on the margin in a file."""
    lead = f"margin by {sample_text(first.of.sample)} x {first.repeats}."
    return _lines(" ".join([lead, *_sentences(first, policy)]))


def repeats_comment(firsts: Sequence[FirstMargin]) -> tuple[str, ...]:
    """The lines of a comment on the repeats in a file, which tell what one draw would do."""
    once = _percent(min(first.passes_at(1) for first in firsts))
    told = f"with 1, an unchanged candidate would pass in {once}"
    return _lines(f"{firsts[0].repeats} draws of each case: {told}.")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(wrap(text, _COMMENT_WIDTH, break_on_hyphens=False, break_long_words=False))


def _sentences(first: FirstMargin, policy: OnInconclusive) -> Iterator[str]:
    yield _noise_sentence(first.of.noise)
    if first.margin is None:
        yield _none_sentence(first)
        return
    style = number_style(first.of.metric)
    if first.margin > first.usual:
        usual = style.allowance(first.usual)
        yield f"The usual margin of {usual} would pass too few unchanged candidates."
    if first.of.gate.slice is not None:
        yield "That is told for all cases together; a slice can fail, never pass."
        return
    is_blocking = first.of.gate.tier == "blocking"
    word = "is blocked" if is_blocking else "fails"
    unchanged, dropped = (
        blocked_share(shares, policy) if is_blocking else shares.fails
        for shares in (first.unchanged, first.dropped)
    )
    left = max(0.0, 1 - first.unchanged.passes - unchanged)
    worse = "drop" if first.of.metric.direction == "higher" else "rise"
    yield (
        f"An unchanged candidate passes in {_percent(first.unchanged.passes)}, stays open in "
        f"{_percent(left)} and {word} in {_percent(unchanged)}; a {worse} of "
        f"{style.allowance(first.margin)} {word} in {_percent(dropped)} or more."
    )


def _noise_sentence(noise: Noise) -> str:
    share = f"{100 * noise.variance:.1f}%"
    if noise.origin == "assumed":
        return f"Noise assumed: as if {share} of the answers flipped when asked again."
    cases = counted(noise.cases, "case")
    if not noise.variance:
        return f"No score of {cases} changed when they were asked again."
    return f"Noise measured on {cases}: as if {share} of the answers flipped when asked again."


def _none_sentence(first: FirstMargin) -> str:
    if first.unchanged.passes or not first.of.sample.clusters:
        return "No margin up to half of the range would pass an unchanged candidate: add cases."
    return (
        f"{counted(first.of.sample.clusters, 'cluster')} are too few for any margin to pass an "
        "unchanged candidate: add cases of other clusters."
    )


def _percent(share: float) -> str:
    """A rounded share that never reads as none or all where it is not."""
    if 0 < share < 0.005:
        return "under 1%"
    if 0.995 <= share < 1:
        return "over 99%"
    return f"{100 * share:.0f}%"
