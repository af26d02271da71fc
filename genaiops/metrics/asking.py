"""A model as a metric asks it: for one repeat of one case, with what was used noted."""

from math import fsum

from genaiops.models.wrapped import WrappedModel
from genaiops.protocols import Model, OnText
from genaiops.records import Completion, CompletionRequest, Usage


class AskingModel(WrappedModel):
    """A model for one score."""

    def __init__(self, model: Model, case_id: str, repeat: int) -> None:
        super().__init__(model)
        self._case_id = case_id
        self._repeat = repeat
        self._used: list[Usage] = []

    @property
    def usage(self) -> Usage | None:
        """What the answers took, the same in whichever order they came; None before the first."""
        if not self._used:
            return None
        total = sum(self._used, Usage())
        if total.cost_usd is None:
            return total
        exact = fsum(each.cost_usd or 0.0 for each in self._used)
        return total.model_copy(update={"cost_usd": exact})

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """Answer, as a part of the case that is scored.

        Raises:
            CallError: there is no usable answer; its kind says why.
        """
        of_case = {"case_id": self._case_id, "repeat": self._repeat}
        completion = await self._model.complete(request.model_copy(update=of_case), on_text)
        self._used.append(completion.usage)
        return completion

    async def aclose(self) -> None:
        """Nothing: the model belongs to who handed it in."""
