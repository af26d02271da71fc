"""Answers of runs in a random order that depends on nothing but the seed: what people label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genaiops.digests import digest
from genaiops.errors import InputError
from genaiops.records import WORST_KINDS
from genaiops.store import StoredResult

Results = Mapping[str, Sequence[StoredResult]]
"""The results of each run, by its id."""


@dataclass(frozen=True, slots=True)
class DrawnAnswer:
    """One answer to be labelled."""

    run: str
    stored: StoredResult

    @property
    def key(self) -> tuple[str, str, int]:
        """Its run, case and repeat."""
        return self.run, self.stored.case.id, self.stored.result.repeat

    @property
    def is_failed(self) -> bool:
        """Whether the product failed, which needs nobody's view: it is the worst."""
        failure = self.stored.result.failure
        return failure is not None and failure.kind in WORST_KINDS


def draw_answers(results: Results, *, seed: int) -> list[DrawnAnswer]:
    """One answer of each case in each run, cases in random order, the runs of a case mixed.

    Only cases that every run answered, or failed by its own fault. Of several repeats one is drawn.

    Raises:
        InputError: the runs have no such case in common.
    """
    by_run = {run: _by_case(stored) for run, stored in sorted(results.items())}
    first, *others = by_run.values()
    shared = sorted(case for case in first if all(case in other for other in others))
    if not shared:
        raise InputError(f"no case has an answer in {' and '.join(by_run)}")
    generator = np.random.default_rng([seed, int(digest(sorted(by_run))[:8], 16)])
    drawn: list[DrawnAnswer] = []
    for place in generator.permutation(len(shared)):
        repeat = generator.random()
        answers = [
            DrawnAnswer(run, _one(cases[shared[place]], repeat)) for run, cases in by_run.items()
        ]
        drawn += [answers[each] for each in generator.permutation(len(answers))]
    return drawn


def _one(repeats: Sequence[StoredResult], at: float) -> StoredResult:
    return repeats[int(at * len(repeats))]


def _by_case(results: Sequence[StoredResult]) -> dict[str, list[StoredResult]]:
    found: dict[str, list[StoredResult]] = {}
    for stored in results:
        if stored.result.status == "scored":
            found.setdefault(stored.case.id, []).append(stored)
    return found
