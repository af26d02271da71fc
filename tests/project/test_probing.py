"""Probes ask in time, and at once where something failed; users play no part in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from pydantic import JsonValue

from genaiops.errors import FailureKind
from genaiops.project.probing import Probe
from genaiops.protocols import OnText
from genaiops.records import Failure, FlowRun
from genaiops.records.rollout_events import Rollout
from genaiops.rollout.breaker import Breaker

pytestmark = pytest.mark.anyio
ROLLOUT = Rollout(
    id="assistant-1", name="assistant", flow="assistant", stable="a", candidate="b",
    salt="salt", spec={}, by="ada", at="",
)  # fmt: skip


@dataclass
class Candidate:
    """A flow that answers, or fails in one way; `asked` is what of it was wanted."""

    failure: FailureKind | None = None
    name: str = "assistant"
    digest: str = ""
    parts: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[JsonValue] = field(default_factory=list[JsonValue])

    def bind(self, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        return dict(given)

    async def run(
        self,
        inputs: dict[str, JsonValue],
        *,
        case_id: str | None = None,
        repeat: int = 0,
        on_text: OnText | None = None,
    ) -> FlowRun:
        assert (case_id, repeat, on_text) == (None, 0, None)
        self.asked.append(inputs["question"])
        failure = self.failure and Failure(kind=self.failure, message="no")
        outputs: dict[str, JsonValue] | None = None if failure else {"answer": "Yes."}
        return FlowRun(flow=self.name, inputs=inputs, outputs=outputs, failure=failure)


def probe(candidate: Candidate) -> Probe:
    cases: list[dict[str, JsonValue]] = [{"question": text} for text in "abc"]
    return Probe(ROLLOUT, candidate, cases, every_s=10, answer_s=5)


async def failures(asking: Probe, now: float) -> Sequence[bool]:
    return [finding.failed for finding in await asking.ask(now)]


async def test_all_cases_are_asked_each_time() -> None:
    candidate = Candidate()
    asking = probe(candidate)
    assert await failures(asking, 0.0) == [False] * 3
    assert await failures(asking, 9.9) == []
    assert await failures(asking, 10.0) == [False] * 3
    assert candidate.asked == [*"abcabc"]


async def test_a_dead_candidate_is_found_at_the_look_after_its_first_probe() -> None:
    candidate = Candidate()
    asking = probe(candidate)
    await asking.ask(0.0)
    candidate.failure = "connection"
    breaker = Breaker()
    for now in (2.0, 4.0, 6.0, 8.0, 10.0, 12.0):
        for failed in await failures(asking, now):
            breaker = breaker.seen(failed=failed)
        assert (breaker.trouble is None) is (now < 12.0)


async def test_what_the_question_brings_about_is_no_sign_of_the_candidate() -> None:
    assert await failures(probe(Candidate(failure="content_filter")), 0.0) == [False] * 3
