"""A small part of an evaluation that stays the same while its dataset grows."""

from dataclasses import replace
from heapq import nsmallest
from pathlib import Path

from genaiops.datasets import open_dataset
from genaiops.digests import digest
from genaiops.errors import InputError
from genaiops.evaluations.evaluation import Evaluation
from genaiops.records import Case


def few_cases(evaluation: Evaluation, count: int, folder: Path) -> Evaluation:
    """The evaluation with so many of its cases, in its own order, written into the folder.

    They are those whose ids have the least digests: whatever is added, removed or moved around
    them, they stay. The digest of the dataset is theirs, so that a run of them is never taken for
    one of all.

    Raises:
        InputError: filter and limit leave no case.
    """
    spec, dataset = evaluation.spec, evaluation.dataset
    cases = list(dataset.cases(spec.filter, spec.limit))
    if not cases:
        raise InputError(f"no case of {dataset.shown} is left by filter and limit")
    chosen = {case.id for case in nsmallest(count, cases, key=_rank)}
    path = folder / "cases.jsonl"
    lines = [f"{case.model_dump_json()}\n" for case in cases if case.id in chosen]
    path.write_text("".join(lines), "utf-8")
    return replace(
        evaluation,
        dataset=open_dataset(path, dataset.shown),
        spec=spec.model_copy(update={"filter": {}, "limit": None}),
    )


def _rank(case: Case) -> str:
    return digest(case.id)
