"""How a judge's model is asked: with probabilities where the model tells them."""

from genaiops.errors import CallError
from genaiops.protocols import Model
from genaiops.records import Completion, CompletionRequest

RIVALS = 10
"""So many rivals of each token are asked for; endpoints allow 20 at most, some fewer."""


async def ask(model: Model, request: CompletionRequest) -> Completion:
    """Ask for probabilities too; a model that does not take the question is asked without.

    Raises:
        CallError: there is no usable answer; its kind says why.
    """
    try:
        return await model.complete(request.model_copy(update={"top_logprobs": RIVALS}))
    except CallError as error:
        if error.kind != "malformed":
            raise
    return await model.complete(request)
