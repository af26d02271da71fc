"""From which score on a judge is taken to say yes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Threshold:
    """A score at `value` or above is a yes; so many yes and no of people are then taken wrongly."""

    value: float
    false_yes: int
    false_no: int


def balanced_threshold(people: Sequence[bool], judge: Sequence[float]) -> Threshold | None:
    """The score at which both errors are nearest to each other in number, and fewest among those.

    Where they are equal, the judge's share of yes is that of the people. Only scores that the judge
    gave are tried, and one above all of them is not: it would say no to everything. None without
    answers.

    Args:
        people: whether people say yes, one an answer.
        judge: its scores, higher being more of a yes.
    """
    if not len(people):
        return None
    is_yes = np.asarray(people, np.bool_)
    scores = np.asarray(judge, np.float64)
    tried = np.unique(scores)
    false_yes = np.count_nonzero(~is_yes) - np.searchsorted(np.sort(scores[~is_yes]), tried)
    false_no = np.searchsorted(np.sort(scores[is_yes]), tried)
    best = np.lexsort((false_yes + false_no, np.abs(false_yes - false_no)))[0]
    return Threshold(float(tried[best]), int(false_yes[best]), int(false_no[best]))
