"""A judge's spec as the function of a metric."""

import inspect
from collections.abc import Collection

from genaiops.metrics.declare import MetricDeclaration, MetricFunction
from genaiops.metrics.judges.pairwise import compared
from genaiops.metrics.judges.pointwise import judged
from genaiops.metrics.judges.rubric_prompt import made_of
from genaiops.protocols import Model
from genaiops.records import Score
from genaiops.specs.judge import JudgeSpec


def judge_function(spec: JudgeSpec, *, structured: Collection[str] = ()) -> MetricFunction:
    """A metric that asks a model; its parameters are the model, and what the judge sees.

    Args:
        spec: Sound, without `rubric_problems`.
        structured: Those of the models that may be asked that keep to a JSON schema, by name.
    """
    score = compared if spec.form == "pairwise" else judged

    async def judge(model: Model, **seen: object) -> Score:
        in_order = {name: seen[name] for name in spec.seen}
        return await score(spec, model, in_order, as_json=model.name in structured)

    judge.__doc__ = spec.description or spec.criteria
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ("model", *spec.seen)
    ]
    setattr(judge, "__signature__", inspect.Signature(parameters))  # noqa: B010  pyright knows no such attribute
    declaration = MetricDeclaration(
        range=spec.range,
        direction=spec.direction,
        binary=spec.is_binary,
        needs=spec.references,
        model=spec.model,
        made_of=made_of(spec, structured),
    )
    return declaration(judge)
