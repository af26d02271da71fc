"""How much of the expected answer an answer says, without a judge."""

from collections.abc import Sequence

from pydantic import JsonValue

from genaiops.metrics.claim_support import ClaimSupport, is_said, mean_support, support_value
from genaiops.metrics.claims import Claim, split_claims
from genaiops.metrics.declare import metric
from genaiops.metrics.grounds import grounds_of
from genaiops.metrics.refusal import is_refusal
from genaiops.metrics.scripts import has_words
from genaiops.metrics.support import look_up
from genaiops.metrics.values import Text, Texts, texts_in
from genaiops.records import NOT_APPLICABLE, Passage, Score


def _claims_nothing(expected: Texts) -> str | None:
    return None if any(map(split_claims, expected)) else "the expected answer claims nothing"


@metric(applies_when=_claims_nothing)
def completeness(answer: Text, expected: Texts, inputs: JsonValue = None) -> Score:
    """The mean support that the claims of the expected answer have in the answer, in [0, 1].

    This is `groundedness` by its classifier the other way round: each sentence of the expected
    answer is looked up in the answer, with its numbers, names and negations. What the answer says
    beside is not judged. A refusal scores 0. `judges/completeness` asks a model.

    Args:
        answer: What is judged, in English.
        expected: One answer, or several, of which the best held counts. Those that claim nothing,
            such as a refusal, are left out; a case that expects no other is not scored.
        inputs: The inputs of the flow; numbers and names that the question brought need not be
            repeated.
    """
    wanted = [claims for claims in map(split_claims, expected) if claims]
    if not wanted:
        return Score(reason=f"{NOT_APPLICABLE}: {_claims_nothing(expected)}")
    if not all(map(has_words, (answer, *expected))):
        return Score(reason="its letters have no blanks that tell words apart")
    if is_refusal(answer):
        return Score(value=0.0, explanation="the answer refuses")
    given = list(texts_in(inputs))
    held = [_held(claims, answer, given) for claims in wanted]
    return _score(max(held, key=mean_support))


def _held(claims: Sequence[Claim], answer: str, given: Sequence[str]) -> list[ClaimSupport]:
    """How far the answer holds each claim."""
    whole = Passage(document="answer", start=0, end=len(answer), text=answer)
    grounds = grounds_of([whole], given)
    found = [look_up(claim, grounds) for claim in claims]
    return [
        ClaimSupport(each, 1.0 if is_said(each, grounds) else support_value(each)) for each in found
    ]


def _score(supports: Sequence[ClaimSupport]) -> Score:
    missed = [support for support in supports if not support.is_enough]
    held = len(supports) - len(missed)
    return Score(
        value=mean_support(supports),
        explanation=f"{held} of {len(supports)} expected sentences held",
        evidence=tuple(_told(support) for support in missed),
    )


def _told(support: ClaimSupport) -> str:
    finding = support.finding
    nearest = finding.window.text if finding.window else "nothing"
    return f"{finding.claim.text} (held {support.value:.2f}; nearest: {nearest})"
