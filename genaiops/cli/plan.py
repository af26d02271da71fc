"""The output of a dry run: what would be asked, how often, and about how much."""

from genaiops.cli.text import safe
from genaiops.project.planning import Plan


def plan_text(plan: Plan) -> str:
    """Counts first, then the rendered messages of the first case."""
    lines = [
        f"{plan.eval}: {plan.cases} cases x {plan.repeats}, about {plan.calls} model calls",
        f"  about {plan.input_tokens:,} input tokens, estimated as characters / 4",
        f"  shown: case {safe(plan.case_id)}; an answer that a later step needs stands as <answer>",
    ]
    for request in plan.requests:
        for message in request.messages:
            lines.append(f"--- {request.model}: {message.role}")
            lines.append(safe(message.content))
    return "\n".join(lines)
