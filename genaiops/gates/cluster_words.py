"""What clusters of cases mean for a verdict, in words."""

from collections.abc import Iterable
from dataclasses import replace

from genaiops.gates.finding import Finding, Remedy, Sentences
from genaiops.records import Estimate
from genaiops.stats import GOOD_CLUSTERS, LEAST_CLUSTERS
from genaiops.text.quantities import counted


def enough_clusters(found: Finding) -> Finding:
    """The finding, left open where it is inferred from too few clusters."""
    shown = found.comparison.difference if found.comparison else found.estimate
    if found.p_fail is None or shown.clusters is None or shown.clusters >= LEAST_CLUSTERS:
        return found
    few = "is" if shown.clusters == 1 else "are"
    sentence = (
        f"{counted(shown.clusters, 'cluster')} of cases {few} too few to tell chance from change: "
        f"{LEAST_CLUSTERS} are the least, {GOOD_CLUSTERS} are good."
    )
    return replace(
        found,
        sentences=Sentences(passed=sentence, failed=sentence, undecided=sentence),
        remedy=Remedy(f"cases of {LEAST_CLUSTERS} clusters, better of {GOOD_CLUSTERS}"),
        is_open=True,
    )


def few_clusters_notes(estimates: Iterable[Estimate]) -> list[str]:
    """The notes about numbers of clusters that are only just enough."""
    counts = {each.clusters for each in estimates if each.clusters is not None}
    return [
        f"{count} clusters of cases are few, and verdicts from them less sure than they say: "
        f"{GOOD_CLUSTERS} are good"
        for count in sorted(counts)
        if LEAST_CLUSTERS <= count < GOOD_CLUSTERS
    ]
