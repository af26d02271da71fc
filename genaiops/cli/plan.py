"""The output of a dry run: what would be asked, how often, and about how much."""

from collections.abc import Iterator

from genaiops.project.planning import Counts, Plan
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
    if counts.calls > counts.recorded:
        yield wrapped(_to_make(counts), indent=2)
    if plan.runs_code:
        yield wrapped("counted from the case below alone: the flow runs Python code", indent=2)
    elif plan.looked_at < plan.cases * plan.repeats:
        yield wrapped(f"counted from {plan.looked_at} of these, evenly spread", indent=2)
    yield wrapped(
        f"shown: case {printable(plan.case_id)}; an answer that a later step needs and that is not "
        "recorded stands as <answer>",
        indent=2,
    )
    for request in plan.requests:
        for message in request.messages:
            yield f"--- {request.model}: {message.role}"
            yield printable(message.content)


def _to_make(counts: Counts) -> str:
    """What the calls that are not recorded take."""
    calls = counted(counts.calls - counts.recorded, "call")
    tokens = f"{counts.input_tokens:,} input tokens (characters / 4)"
    told = f"to make: about {calls}, {tokens}"
    if counts.output_tokens is not None:
        told += f" and {counts.output_tokens:,} output tokens (as recorded ones have)"
    elif counts.cost_usd:
        return f"{told}, {money(counts.cost_usd)} and the answers, of an unknown length"
    return f"{told}, {money(counts.cost_usd)}"
