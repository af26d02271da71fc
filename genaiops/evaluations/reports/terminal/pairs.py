"""What a pairwise judge said, for people."""

from collections.abc import Iterator

from genaiops.evaluations.pair_summary import PairSummary
from genaiops.stats.proportions import clopper_pearson_high, clopper_pearson_low
from genaiops.text.layout import table
from genaiops.text.quantities import counted

_HALF_ALPHA = 0.025


def pairs_text(summary: PairSummary, first: str, second: str) -> str:
    """How often each won, and how far place and length had a part in it."""
    lines = [
        f"  {first} wins {summary.wins}, ties {summary.ties}, {second} wins {summary.losses}",
        table(_rows(summary)),
    ]
    if summary.failed:
        lines.append(f"  {counted(summary.failed, 'pair')} lost without an answer of {first}")
    if summary.unjudged:
        lines.append(f"  {counted(summary.unjudged, 'pair')} could not be judged")
    return "\n".join(lines)


def _rows(summary: PairSummary) -> Iterator[tuple[str, str, str]]:
    controlled = summary.at_equal_length
    if controlled is not None and summary.longer is not None:
        length = (
            f"{abs(summary.longer):.0f} characters {'longer' if summary.longer > 0 else 'shorter'}"
        )
        ends = f"[{100 * controlled.low:.1f}, {100 * controlled.high:.1f}]"
        yield (
            "  at equal length",
            f"{100 * controlled.rate:.1f}% {ends}",
            f"its answers are {length}",
        )
    is_repeated = summary.cases < summary.judged
    if summary.judged:
        told = "the order of the answers changed who wins"
        yield "  flips", _share(summary.flips, summary.judged, is_repeated=is_repeated), told
    if summary.flips:
        told = "of the flips, the one shown first won"
        share = _share(summary.first_flips, summary.flips, is_repeated=is_repeated)
        yield "  first wins", share, told


def _share(count: int, n: int, *, is_repeated: bool) -> str:
    """The share, with the exact interval where each pair is of a case of its own."""
    if is_repeated:
        return f"{100 * count / n:.1f}%"
    low = clopper_pearson_low(count, n, _HALF_ALPHA)
    high = clopper_pearson_high(count, n, _HALF_ALPHA)
    return f"{100 * count / n:.1f}% [{100 * low:.1f}, {100 * high:.1f}]"
