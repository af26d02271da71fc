"""A run of which people labelled answers: their labels beside the scores of a metric."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import InputError, suggest
from genaiops.evaluations.scores import run_scores
from genaiops.gates.baselines import answers_digest
from genaiops.project.label_file import Label
from genaiops.records import AnsweredRun, CaseScores, LabelledAnswer, MetricInfo
from genaiops.store import Store, StoredResult


@dataclass(frozen=True, slots=True)
class LabelledRun:
    """A run of which answers were labelled, on the scale of one of its metrics."""

    answered: AnsweredRun
    eval: str
    info: MetricInfo
    cases: Mapping[str, CaseScores]
    results: Mapping[tuple[str, int], StoredResult]

    @classmethod
    def of(cls, store: Store, reference: str, metric: str) -> "LabelledRun":
        """The run with all its answers.

        Raises:
            InputError: there is no such run or metric, or the metric has no scale to label on.
        """
        run = store.run(reference).run
        info = next((each for each in run.metrics if each.name == metric), None)
        if info is None:
            raise InputError.unknown("metric", metric, [each.name for each in run.metrics])
        if info.low is None or info.high is None:
            raise InputError(f"{metric!r} has no bounded range: people cannot label on its scale")
        results = tuple(store.results(run.id, with_nodes=False))
        scores = run_scores(run, results)
        return cls(
            AnsweredRun(id=run.id, mark=run.mark, answers=answers_digest(scores)),
            run.eval,
            info,
            {case.case_id: case for case in scores.cases},
            {(stored.case.id, stored.result.repeat): stored for stored in results},
        )

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.answered.id

    def fault(self, label: Label) -> str | None:
        """What is wrong with a label of this run."""
        if label.case_id not in self.cases:
            return (
                f"run {self.id!r} has no case {label.case_id!r}{suggest(label.case_id, self.cases)}"
            )
        stored = self.results.get((label.case_id, label.repeat))
        if stored is None:
            return f"case {label.case_id!r} has no repeat {label.repeat} in run {self.id!r}"
        outputs = stored.result.outputs or {}
        if label.answer is not None and label.answer not in outputs.values():
            return f"the answer to {label.case_id!r} is another one in run {self.id!r}"
        return self._off_scale(label)

    def _off_scale(self, label: Label) -> str | None:
        low, high = self.info.low or 0.0, self.info.high or 0.0
        rating = label.rating
        if rating is None or (isinstance(rating, float) and low <= rating <= high):
            return None
        told = f"{rating!r} is not on the scale of {self.info.name}, {low:g} to {high:g}"
        return told if isinstance(rating, str) else f"{told}; --good NUMBER makes it 1 or 0"

    def labelled(self, given: Sequence[Label]) -> LabelledAnswer:
        """The labels of one answer beside its score."""
        label = given[0]
        case = self.cases[label.case_id]
        score = self.results[label.case_id, label.repeat].result.scores.get(self.info.name)
        return LabelledAnswer(
            case_id=label.case_id,
            run=self.id,
            repeat=label.repeat,
            cluster=case.cluster,
            people=tuple(each.rating for each in given if isinstance(each.rating, float)),
            judge=score.value if score else None,
        )

    def tag(self, label: Label, by: str) -> JsonValue:
        """The value of a tag of the case.

        Raises:
            InputError: no case of the run has such a tag.
        """
        tags = {name for stored in self.results.values() for name in stored.case.tags}
        if by not in tags:
            raise InputError.unknown("tag", by, tags)
        return self.results[label.case_id, label.repeat].case.tags.get(by)
