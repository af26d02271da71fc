"""The output of a dry run: what would be asked, how often, and about how much."""

from collections.abc import Iterator

from genaiops.models.pricing import ASSUMED_ANSWER_TOKENS
from genaiops.project.call_counts import Counts
from genaiops.project.planning import Plan
from genaiops.text.layout import wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted, money


def plan_text(plan: Plan) -> str:
    """Counts first, then the rendered messages of one case."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    size = f"{counted(plan.cases, 'case')} x {plan.repeats}"
    counts = plan.counts
    calls = f"about {counted(counts.calls, 'model call')}, of which {counts.recorded} recorded"
    yield wrapped(f"{printable(plan.eval)}: {size}, {calls}")
    if counts.to_make:
        yield wrapped(_to_make(counts), indent=2)
    if plan.runs_code:
        yield wrapped("counted from the case below alone: the flow runs Python code", indent=2)
    elif plan.looked_at < plan.cases * plan.repeats:
        yield wrapped(f"counted from {plan.looked_at} of these, evenly spread", indent=2)
    yield wrapped(
        f"shown: case {printable(plan.case_id)}; an answer that a later step needs and that is not "
        "recorded stands as <answer to …>",
        indent=2,
    )
    for request in plan.requests:
        for message in request.messages:
            yield f"--- {request.model}: {message.role}"
            yield printable(message.content)


def _to_make(counts: Counts) -> str:
    """What the calls that are not recorded take."""
    basis = (
        f"characters / 4, and {ASSUMED_ANSWER_TOKENS} an answer or what it may have"
        if counts.is_assumed
        else "as recorded calls took"
    )
    return (
        f"to make: about {counted(counts.to_make, 'call')}, {counts.input_tokens:,} input and "
        f"{counts.output_tokens:,} output tokens ({basis}), {money(counts.cost_usd)}"
    )
