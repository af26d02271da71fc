"""What a reader of a comparison's numbers has to know besides. Pure."""

from collections.abc import Iterator, Sequence

import numpy as np

from genaiops.evaluations.claims import Found
from genaiops.evaluations.field import Field
from genaiops.records import MetricInfo
from genaiops.stats import GOOD_CLUSTERS
from genaiops.text.quantities import counted

_MOST_EQUAL_PAIRS = 3


def notes_of(field: Field, ids: Sequence[str], found: Found, info: MetricInfo) -> Iterator[str]:
    """Who judged, cases left out, missing scores, dependence, and arms that score alike."""
    if info.judge is not None:
        said = f"{info.name} is what the judge {info.judge} says"
        yield f"{said}; labels of people correct gates only"
    all_ids = {case.case_id for arm in field.arms for case in arm.cases}
    if left := len(all_ids) - len(ids):
        yield f"{counted(left, 'case')} that not all arms have: left out"
    yield from _missing(field)
    columns = field.columns
    if columns.is_clustered and len(columns.starts) < GOOD_CLUSTERS:
        yield f"{counted(len(columns.starts), 'cluster')} of cases are few to infer from"
    if len(columns.ids) > 1 and len(field.arms) > 1 and not field.contrasts.can_prove:
        yield "too few cases differ between the arms to prove anything"
    if len(found.ranked) > 2:
        yield from _alike(found)


def _missing(field: Field) -> Iterator[str]:
    columns = field.columns
    if columns.left_out:
        cases = counted(columns.left_out, "case")
        yield f"{cases} without a score in some arm: left out of its pairs"
    if columns.span is None:
        return
    for place in field.order:
        if count := int(np.count_nonzero(columns.missing[:, place])):
            yield (
                f"{field.arms[place].label} lacks a score on {counted(count, 'case')}: whatever it "
                "may be, the claims hold"
            )


def _alike(found: Found) -> Iterator[str]:
    same = [
        pair
        for pair in found.pairs
        if not (pair.better or pair.worse or pair.difference.missing) and pair.difference.n
    ]
    for pair in same[:_MOST_EQUAL_PAIRS]:
        does = "answers" if (pair.first, pair.second) in found.identical else "scores"
        yield f"{pair.second} {does} exactly as {pair.first}"
    if len(same) > _MOST_EQUAL_PAIRS:
        yield f"and {len(same) - _MOST_EQUAL_PAIRS} more pairs score alike"
