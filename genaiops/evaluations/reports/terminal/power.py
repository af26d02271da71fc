"""What gates can tell on a dataset: a table to be read in five seconds, and what would help."""

from collections.abc import Iterator, Sequence

from genaiops.gates import number_style
from genaiops.gates.noise import Noise
from genaiops.gates.prospects import MOST_REPEATS, Prospect
from genaiops.gates.sample import Sample
from genaiops.stats.clusters import LEAST_CLUSTERS
from genaiops.text.layout import table, wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

_MOST = "80 of 100"


def power_text(name: str, repeats: int, sample: Sample, prospects: Sequence[Prospect]) -> str:
    """Each gate with what it says of 100 unchanged candidates, and what it finds."""
    head = ("  of 100 unchanged candidates", "pass", "open", "fail", f"fails {_MOST}")
    rows = [head, *(_row(each) for each in prospects)]
    lines = [f"POWER  {printable(name)}: {sample_text(sample)} x {repeats}"]
    lines += [table(rows, right=(1, 2, 3), flexible=0)]
    remarks = dict.fromkeys(line for each in prospects for line in _remarks(each))
    lines += [wrapped(line, indent=2) for line in remarks]
    return "\n".join(lines)


def measured_text(run: str, level: str | None, differs: Sequence[str]) -> str:
    """The run that tells the noise, and what answered otherwise in it than in `level`."""
    told = f"the noise is that of {run}"
    if differs:
        told = f"{told}, which differs from {level} in: {', '.join(differs)}"
    return wrapped(printable(told), indent=2)


def sample_text(sample: Sample) -> str:
    """The number of cases, in their clusters."""
    cases = counted(sample.cases, "case")
    if sample.clusters is None:
        return cases
    return f"{cases} in {counted(sample.clusters, 'cluster')}"


def _row(found: Prospect) -> tuple[str, ...]:
    lead = f"  {found.gate.replace(' no_worse_than baseline', '')}"
    shares = found.shares
    if shares is None:
        return (lead, "-", "-", "-", "")
    words = (shares.passes, shares.inconclusive, shares.fails)
    return (lead, *(f"{100 * share:.0f}" for share in words), _finds(found))


def _finds(found: Prospect) -> str:
    if found.finds is None:
        return "never"
    style = number_style(found.metric)
    match found.kind:
        case "drop":
            worse = "drop" if found.metric.direction == "higher" else "rise"
            return f"a {worse} of {style.number(found.finds)}{style.points}"
        case "mean":
            side = "less" if found.metric.direction == "higher" else "more"
            return f"{style.value(found.finds)} or {side}"
        case "share":
            return f"{100 * found.finds:.1f}% kept or fewer"
        case "count":
            return f"{100 * found.finds:.1f}% broken or more"


def _remarks(found: Prospect) -> Iterator[str]:
    name = found.metric.name
    if found.standing is not None:
        tier = "" if found.tier == "blocking" else f", {found.tier}"
        yield f"{name}: {found.standing}{tier}; what is told here is of its own scores"
    if found.why_not is not None:
        held = f"; {_ways(found)}" if found.margin_held is not None else ""
        yield f"{name}: {found.why_not}{held}"
        return
    clusters = found.sample.clusters
    if clusters is not None and clusters < LEAST_CLUSTERS:
        yield (
            f"{name}: {counted(clusters, 'cluster')} are too few to tell chance from change: "
            f"{LEAST_CLUSTERS} are the least"
        )
    elif not found.is_enough:
        yield f"{name}: {_ways(found)}"
    if found.noise is not None:
        yield f"{name}: {_noise(found.noise)}"


def _ways(found: Prospect) -> str:
    """What would let an unchanged candidate pass."""
    ways: list[str] = []
    if found.cases_needed is not None:
        ways.append(f"about {counted(found.cases_needed, 'case')}")
    if found.repeats_needed is not None:
        ways.append(f"{found.repeats_needed} repeats")
    if found.margin_held is not None:
        style = number_style(found.metric)
        ways.append(f"a margin of {style.number(found.margin_held)}{style.points}")
    told = f"{' or '.join(ways) or 'no number of cases'} would pass {_MOST}"
    is_drawn = found.noise is not None and found.noise.origin != "change"
    if is_drawn and found.shares is not None and found.repeats_needed is None:
        return f"{told}; repeats, up to {MOST_REPEATS}, would not"
    return told


def _noise(noise: Noise) -> str:
    share = f"{100 * noise.variance:.1f}%"
    match noise.origin:
        case "assumed":
            return f"noise assumed, as if {share} of the answers flipped when asked again"
        case "change":
            return f"noise of the last change, as if {share} of the answers had flipped"
        case "repeats" if noise.variance == 0:
            return f"noise measured: no answer to {counted(noise.cases, 'case')} ever changed"
        case "repeats":
            return f"noise measured, as if {share} of the answers flipped when asked again"
