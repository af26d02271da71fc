"""Who leads on the cases with one value of a tag. Pure."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from genaiops.evaluations.columns import Columns
from genaiops.evaluations.comparison import SliceLeaders
from genaiops.evaluations.contrasts import contrast
from genaiops.gates.estimates import cases_by_value
from genaiops.records import CaseScores


def slice_leaders(
    columns: Columns,
    cases: Mapping[str, CaseScores],
    *,
    slices: Sequence[str],
    labels: Sequence[str],
    level: float,
    seed: int,
) -> Iterator[SliceLeaders]:
    """Per value of each tag, the arms that are not proven worse than the best of the slice.

    All slices share the level of the comparison (Bonferroni): the chance of any wrong claim in any
    of them is at most 1 - level.
    """
    groups = [
        (name, value, frozenset(ids))
        for name in slices
        for value, ids in sorted(cases_by_value(map(cases.__getitem__, columns.ids), name).items())
    ]
    each = 1 - (1 - level) / max(len(groups), 1)
    for name, value, ids in groups:
        part = columns.on(np.array([case_id in ids for case_id in columns.ids], np.bool_))
        scored = np.flatnonzero(part.applies.any(axis=0))
        if not len(scored):
            continue
        means = part.means()
        best = max(scored, key=lambda place: means[place])
        beaten = contrast(part, level=each, seed=seed).beats()[best]
        leading = sorted(
            (int(place) for place in scored if not beaten[place]),
            key=lambda place: (-means[place], labels[place]),
        )
        yield SliceLeaders(
            slice=name,
            value=value,
            n=int(part.applies.any(axis=1).sum()),
            leaders=tuple(labels[place] for place in leading),
            is_proven=len(leading) == 1 < len(scored),
        )
