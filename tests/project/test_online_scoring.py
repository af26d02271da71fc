"""Scores of live answers: what counts, what is missing, and what judges may cost."""

from dataclasses import dataclass

import pytest

from genaiops.errors import CallError
from genaiops.project.online_scoring import OnlineScoring
from genaiops.records import Case, FlowRun, MetricInfo, Score, Usage
from genaiops.records.rollout_events import Rollout
from genaiops.rollout.gathering import Wanted
from tests.rollout.build import spec_of
from tests.rollout.live import run_of

pytestmark = pytest.mark.anyio
ROLLOUT = Rollout(
    id="a-1", name="a", flow="a", stable="s", candidate="c", salt="salt", spec={}, by="ada", at=""
)
ANSWERED = {"answer": "three weeks"}
INFO = MetricInfo(
    name="exact", metric="exact", low=0, high=1, direction="higher", binary=True, digest="d"
)


@dataclass
class Judge:
    """Says what it was told to, for a cent."""

    says: Score | CallError
    asked: int = 0
    info: MetricInfo = INFO

    async def score(self, case: Case, run: FlowRun, *, repeat: int = 0) -> Score:
        assert (case.inputs, repeat) == (run.inputs, 0)
        self.asked += 1
        if isinstance(self.says, CallError):
            raise self.says
        return self.says


def scoring(judge: Judge, notes: list[str], budget: float | None = None) -> OnlineScoring:
    spec = spec_of(
        eval="a", goals=[{"metric": "exact", "margin_ratio": 2}], judge_budget_usd=budget
    )
    return OnlineScoring(ROLLOUT, spec, {"exact": judge}, notes.append)


def wanted(count: int = 1, outputs: object = ANSWERED) -> list[Wanted]:
    return [
        Wanted(run_of(f"r{n}", f"u{n}", "candidate", 0.5, outputs=outputs), ("exact",))
        for n in range(count)
    ]


async def test_a_score_becomes_badness_with_what_it_cost() -> None:
    judge = Judge(Score(value=0.0, usage=Usage(cost_usd=0.01)))
    (found,) = await scoring(judge, []).score(wanted(), 0.0)
    assert (found.run, found.badness, found.cost_usd) == ("r0", {"exact": 1.0}, 0.01)


@pytest.mark.parametrize(
    "says", [Score(reason="the judge is silent"), CallError("timeout", "the judge is silent")]
)
async def test_what_could_not_be_scored_is_missing_and_told_once(says: Score | CallError) -> None:
    notes: list[str] = []
    found = await scoring(Judge(says), notes).score(wanted(3), 0.0)
    assert [each.badness for each in found] == [{"exact": None}] * 3
    assert notes == ["rollout a-1: exact could not score an answer: the judge is silent"]


async def test_an_answer_of_which_nothing_was_kept_is_missing_and_no_bad_answer() -> None:
    notes: list[str] = []
    judge = Judge(Score(value=0.0))  # the worst, as an empty answer is
    found = await scoring(judge, notes).score(wanted(2, outputs={}), 0.0)
    assert (judge.asked, [each.badness for each in found]) == (0, [{"exact": None}] * 2)
    (note,) = notes
    assert note == (
        "rollout a-1: exact could not score an answer: nothing of it was kept, by a server that "
        "began without serving: {keep_content: true}; start it again with it"
    )


async def test_what_does_not_apply_is_not_missing() -> None:
    judge = Judge(Score(reason="not applicable: there is no number"))
    (found,) = await scoring(judge, []).score(wanted(), 0.0)
    assert found.badness == {}


async def test_when_the_budget_is_used_up_judges_are_asked_no_more() -> None:
    judge = Judge(Score(value=1.0, usage=Usage(cost_usd=0.01)))
    found = await scoring(judge, [], budget=0.5).score(wanted(2), 0.5)
    assert (judge.asked, [each.badness for each in found]) == (0, [{"exact": None}] * 2)
