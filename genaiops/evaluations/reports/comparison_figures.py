"""The numbers of a comparison as text, the same in every report and on the terminal. Pure."""

from genaiops.evaluations.comparison import ComparedArm, ComparedPair, Comparison, SliceLeaders
from genaiops.evaluations.reports.figures import PLAIN_MEANS, interval_text, level_text
from genaiops.gates import number_style
from genaiops.records import Estimate, MetricInfo
from genaiops.text.quantities import counted, money, seconds


def rank_text(arm: ComparedArm) -> str:
    """`2`, or `2-4` where the rank is not certain; a dash without a rank."""
    if arm.rank_low is None:
        return "-"
    return str(arm.rank_low) if arm.rank_low == arm.rank_high else f"{arm.rank_low}-{arm.rank_high}"


def score_head(info: MetricInfo, estimates: list[Estimate]) -> str:
    """The head of the column of estimates: the metric, how it is averaged, and the level."""
    first = next(iter(estimates), None)
    if first is None:
        return info.name
    how = "" if first.method in PLAIN_MEANS else f", {first.method}"
    return f"{info.name}{how} [{level_text(first.level)}]"


def score_text(estimate: Estimate | None, info: MetricInfo) -> str:
    """`71.2% [65.0, 77.1]`; empty without an estimate."""
    if estimate is None:
        return ""
    if estimate.value is None:
        return "no score"
    missing = f" ({estimate.missing} missing)" if estimate.missing else ""
    style = number_style(info)
    return f"{style.value(estimate.value)} {interval_text(estimate, info)}{missing}"


def usd_text(usd: float | None) -> str:
    """Dollars: `$4.10`, `$0.0031`; a dash where they are not known."""
    return "-" if usd is None else money(usd)


def seconds_text(took_s: float | None) -> str:
    """`1.24 s`; a dash where it is not known, or more than one in twenty never ended well."""
    return "-" if took_s is None else seconds(took_s)


def front_text(arm: ComparedArm) -> str:
    """A star for an arm that is not proven to be dominated, a question mark if nothing is known."""
    return {True: "*", False: "", None: "?"}[arm.on_front]


def pair_words(pair: ComparedPair) -> str:
    """What is proven of a pair, in a word."""
    return f"proven {pair.proven}" if pair.proven else "not proven"


def leaders_text(leaders: SliceLeaders, most: int = 6) -> str:
    """`a is proven best`, or who cannot be told apart."""
    if leaders.is_proven:
        return f"{leaders.leaders[0]} is proven best"
    shown = ", ".join(leaders.leaders[:most])
    rest = len(leaders.leaders) - most
    told = f"{shown} and {rest} more" if rest > 0 else shown
    return f"{told}: not told apart" if len(leaders.leaders) > 1 else f"only {told} has scores"


def size_text(comparison: Comparison) -> str:
    """`160 cases`, `160 cases in 40 clusters`."""
    clusters = comparison.clusters < comparison.cases
    within = f" in {comparison.clusters} clusters" if clusters else ""
    return f"{counted(comparison.cases, 'case')}{within}"


def p_text(p: float | None) -> str:
    """A p-value to three decimals, `<.001` below that; a dash without one."""
    if p is None:
        return "-"
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")
