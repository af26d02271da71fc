"""A judge that scores one answer, alone or beside the expected one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genaiops.metrics.judges.answering import Answered, answers_to
from genaiops.metrics.judges.reading import Reading
from genaiops.metrics.judges.rubric_prompt import RubricPrompt
from genaiops.metrics.judges.weighing import probabilities
from genaiops.protocols import Model
from genaiops.records import Score
from genaiops.specs.judge import JudgeSpec


@dataclass(frozen=True, slots=True)
class _Vote:
    """One judgement: its value, and the score that was written; `is_weighed` by probabilities."""

    value: float
    label: str
    reason: str
    is_weighed: bool

    @property
    def told(self) -> str:
        """The score, with its value where that is another."""
        return f"{self.label} ({self.value:.2f} by probability)" if self.is_weighed else self.label


async def judged(
    spec: JudgeSpec, model: Model, seen: Mapping[str, object], *, as_json: bool
) -> Score:
    """The mean of the votes of a judge about one case, or why there is none.

    Raises:
        CallError: the model gives no usable answer.
    """
    prompt = RubricPrompt(spec, as_json)
    requests = [prompt.request(seen, vote) for vote in range(spec.votes)]
    answers = await answers_to(requests, prompt, model)
    votes = [_vote(each, spec) for each in answers if each.reading.label is not None]
    if 2 * len(votes) <= spec.votes:
        problem = next(each.reading for each in answers if each.reading.label is None)
        return unread(problem)
    value = sum(vote.value for vote in votes) / len(votes)
    return Score(value=value, explanation=_explained(votes, answers))


def unread(reading: Reading) -> Score:
    """The missing score of an answer that could not be read."""
    return Score(reason=f"judge: {reading.unread}: {reading.problem}")


def _vote(answer: Answered, spec: JudgeSpec) -> _Vote:
    reading = answer.reading
    label = reading.label or ""
    shares = None
    tokens = answer.completion.logprobs
    if tokens and spec.is_weighed:
        shares = probabilities(tokens, reading.written, list(spec.values))
    if shares is None:
        return _Vote(spec.values[label], label, reading.reason, is_weighed=False)
    value = sum(share * spec.values[each] for each, share in shares.items())
    return _Vote(value, label, reading.reason, is_weighed=True)


def _explained(votes: Sequence[_Vote], answers: Sequence[Answered]) -> str:
    """Which scores were given and why, in one line."""
    told = ", ".join(vote.told for vote in votes)
    if len(votes) < len(answers):
        told += f" ({len(answers) - len(votes)} of {len(answers)} votes could not be read)"
    again = sum(each.asked - 1 for each in answers)
    if again:
        told += f" (asked again {again} times)" if again > 1 else " (asked again)"
    reason = next((vote.reason for vote in votes if vote.reason), "")
    return f"{told}: {reason}" if reason else told
