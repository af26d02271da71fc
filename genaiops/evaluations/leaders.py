"""Who leads on the cases with one value of a tag. Pure."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from pydantic import JsonValue

from genaiops.digests import canonical_json
from genaiops.evaluations.columns import Columns
from genaiops.evaluations.comparison import SliceLeaders
from genaiops.evaluations.contrasts import contrast
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
        (name, value, ids)
        for name in slices
        for value, ids in sorted(_cases_by_value(name, cases, columns.ids).items())
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


def _cases_by_value(
    tag: str, cases: Mapping[str, CaseScores], ids: Sequence[str]
) -> dict[str, set[str]]:
    """Case ids by the value of a tag; a case whose tag is a list belongs to each of its items."""
    groups: dict[str, set[str]] = {}
    for case_id in ids:
        value = cases[case_id].tags.get(tag)
        for item in value if isinstance(value, list) else [value]:
            groups.setdefault(_text(item), set()).add(case_id)
    return groups


def _text(value: JsonValue) -> str:
    if value is None:
        return "(none)"
    return value if isinstance(value, str) else canonical_json(value)
