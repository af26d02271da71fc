"""How far the passages say what an answer says, by words, embeddings or a model."""

from collections.abc import Sequence

from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.metrics.claim_support import (
    By,
    ClaimSupport,
    is_said,
    mean_support,
    nearest_cosine,
    support_value,
)
from genaiops.metrics.claims import split_claims
from genaiops.metrics.declare import metric
from genaiops.metrics.grounds import Grounds, grounds_of
from genaiops.metrics.judges.support import supported
from genaiops.metrics.refusal import is_refusal
from genaiops.metrics.scripts import has_words, script_of
from genaiops.metrics.support import Finding, look_up
from genaiops.metrics.values import Text, texts_in
from genaiops.protocols import Embedder, Model
from genaiops.records import Passage, Score

REFUSED = 0.5
"""The support of a refusal alone: no passage speaks for it, none against it."""


@metric(version="2")
async def groundedness(
    answer: Text,
    passages: Sequence[Passage],
    inputs: JsonValue = None,
    by: By | None = None,
    embedder: Embedder | None = None,
    model: Model | None = None,
) -> Score:
    """The mean support of the claims of an answer in [0, 1].

    A claim is a sentence that says something. Refusals, questions and pleasantries are none; a
    refusal alone scores 0.5, so that refusing lifts no average. Each claim is compared with the
    sentences, rows and cells of the passages: shares of its words, of its neighboring words and of
    its clauses, and checks of numbers, units, dates, names, negations, words such as `all`, and
    opposites. What stands in a passage word for word is supported.

    Args:
        answer: What is judged, in English.
        passages: What it should rest on.
        inputs: The inputs of the flow; numbers and names that the question brought are no claims.
        by: What makes one number of all that was compared. `classifier`, the default: P(supported)
            by a small logistic regression. `words`: the share of words, 0 where a number, a name
            or a negation is not that of the passages.
        embedder: Adds the cosine of a claim and the sentences that are nearest by words.
        model: Judges each claim instead: P(yes) to whether the passages say it.

    Raises:
        InputError: both `by` and `model` are named.
        CallError: the model or the embedder gave no usable answer.
    """
    if by is not None and model is not None:
        raise InputError("groundedness: name `by` or `model`, not both")
    claims = split_claims(answer)
    if not claims:
        return _without_claims(answer)
    if model is None and (reason := _unread(answer, passages)):
        return Score(reason=reason)
    grounds = grounds_of(passages, list(texts_in(inputs)))
    findings = [look_up(claim, grounds) for claim in claims]
    if model is not None:
        texts = list(dict.fromkeys(passage.text for passage in passages))
        values = [await supported(model, claim.text, texts) for claim in claims]
    else:
        values = [await _value(each, grounds, by or "classifier", embedder) for each in findings]
    return _score([ClaimSupport(*pair) for pair in zip(findings, values, strict=True)])


def _without_claims(answer: str) -> Score:
    if is_refusal(answer):
        return Score(value=REFUSED, explanation="the answer refuses, and claims nothing")
    return Score(reason="the answer has no sentence that passages could support")


def _unread(answer: str, passages: Sequence[Passage]) -> str | None:
    """Why words cannot be compared at all."""
    script = script_of(answer)
    if not has_words(answer):
        return f"{script.lower()} letters have no blanks that tell words apart; name a model"
    if not script or any(script_of(passage.text) == script for passage in passages):
        return None
    scripts = {script_of(passage.text) for passage in passages} - {""}
    if not scripts:
        return None
    told = " and ".join(sorted(each.lower() for each in scripts))
    return (
        f"the answer is written in {script.lower()} letters, the passages in {told}; name a model"
    )


async def _value(finding: Finding, grounds: Grounds, by: By, embedder: Embedder | None) -> float:
    """The support of a claim without a model."""
    if is_said(finding, grounds):
        return 1.0
    cosine = await nearest_cosine(finding.claim, grounds, embedder) if embedder else None
    return support_value(finding, by, cosine)


def _score(supports: Sequence[ClaimSupport]) -> Score:
    weak = [support for support in supports if not support.is_enough]
    return Score(
        value=mean_support(supports),
        explanation=f"{len(supports) - len(weak)} of {len(supports)} sentences supported",
        evidence=tuple(_told(support) for support in weak),
    )


def _told(support: ClaimSupport) -> str:
    finding = support.finding
    window = finding.window
    nearest = f"{window.document}: {window.text}" if window else "nothing"
    why = "; ".join((f"support {support.value:.2f}", *finding.problems))
    return f"{finding.claim.text} ({why}; nearest: {nearest})"
