"""What a run took: time, tokens, money."""

from genaiops.metrics.declare import metric
from genaiops.records import FlowRun, Score


@metric(range=(0, None), direction="lower", unit="s", failed_run="measured")
def latency(run: FlowRun) -> Score:
    """Recorded model seconds on the critical path; of a failed run those until it failed.

    Of a function that asks its models by other means than the run, the seconds that it took.

    Gates count a run that failed by its own fault as over every limit (`CaseScores.failed`).
    Missing where a batch answered a call: it tells nothing of how long a user would wait.
    """
    if run.batched:
        return Score(reason="batched: a batch answers within a day, whatever a call takes")
    if "latency" in run.untold:
        return Score(reason="the imported answers do not say how long they took")
    return Score(value=run.latency_s)


@metric(range=(0, None), direction="lower", unit="tokens", failed_run="measured")
def tokens(run: FlowRun) -> Score:
    """Tokens read and written by all model calls."""
    if "tokens" in run.untold:
        return Score(reason="the imported answers do not say how many tokens they took")
    return Score(value=run.usage.input_tokens + run.usage.output_tokens)


@metric(range=(0, None), direction="lower", unit="usd", failed_run="measured")
def cost(run: FlowRun) -> Score:
    """US dollars paid for all model calls; missing where a price is not known."""
    usage = run.usage
    if "cost" in run.untold:
        return Score(reason="the imported answers do not say what they cost")
    if usage.cost_usd is not None:
        return Score(value=usage.cost_usd)
    if usage.input_tokens + usage.output_tokens == 0:
        return Score(value=0.0)
    return Score(reason="the price of a model is not known; give it in catalog.yaml")
