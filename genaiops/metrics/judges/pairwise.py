"""A judge that compares two answers, in both orders, so that no place is an advantage."""

from collections.abc import Mapping

from genaiops.metrics.judges.answering import answers_to
from genaiops.metrics.judges.pointwise import unread
from genaiops.metrics.judges.rubric_prompt import RubricPrompt
from genaiops.protocols import Model
from genaiops.records import Score
from genaiops.specs.judge import ANSWER, OTHER, JudgeSpec


async def compared(
    spec: JudgeSpec, model: Model, seen: Mapping[str, object], *, as_json: bool
) -> Score:
    """1 where the answer wins in both orders, 0 where it loses in both, else a tie: 0.5.

    Its evidence is what the judge said with the answer first, then with the answer second, for
    `said_in_both_orders`.

    Raises:
        CallError: the model gives no usable answer.
    """
    prompt = RubricPrompt(spec, as_json)
    swapped = {**seen, ANSWER: seen[OTHER], OTHER: seen[ANSWER]}
    requests = [prompt.request(order) for order in (seen, swapped)]
    forth, back = [each.reading for each in await answers_to(requests, prompt, model)]
    if forth.label is None or back.label is None:
        return unread(forth if forth.label is None else back)
    value, told = _outcome(forth.label, back.label)
    reason = forth.reason or back.reason
    explanation = f"{told}: {reason}" if reason else told
    return Score(value=value, explanation=explanation, evidence=(forth.label, back.label))


def said_in_both_orders(score: Score) -> tuple[str, str] | None:
    """Who won (`first`, `second` or `tie`) with the answer first and second; None without both."""
    match score.evidence:
        case (str() as forth, str() as back):
            return forth, back
        case _:
            return None


def _outcome(forth: str, back: str) -> tuple[float, str]:
    match forth, back:
        case ("first", "second"):
            return 1.0, "wins in both orders"
        case ("second", "first"):
            return 0.0, "loses in both orders"
        case ("tie", "tie"):
            return 0.5, "tie in both orders"
        case ("first", "first") | ("second", "second"):
            return 0.5, f"tie: the {forth} shown wins in both orders"
        case _:
            return 0.5, "tie: a tie in one order only"
