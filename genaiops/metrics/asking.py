"""A model as a metric asks it: for one repeat of one case, with what was used noted."""

from genaiops.protocols import Allowance, Model, OnText
from genaiops.records import Completion, CompletionRequest, Usage


class AskingModel:
    """A model for one score; `usage` adds up what its answers took, None before the first."""

    def __init__(self, model: Model, case_id: str, repeat: int) -> None:
        self.name = model.name
        self.identity = model.identity
        self.decided_by = model.decided_by
        self.usage: Usage | None = None
        self._model = model
        self._case_id = case_id
        self._repeat = repeat

    @property
    def allowance(self) -> Allowance:
        return self._model.allowance

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """Answer, as a part of the case that is scored.

        Raises:
            CallError: there is no usable answer; its kind says why.
        """
        of_case = {"case_id": self._case_id, "repeat": self._repeat}
        completion = await self._model.complete(request.model_copy(update=of_case), on_text)
        self.usage = (self.usage or Usage()) + completion.usage
        return completion

    async def aclose(self) -> None:
        """Nothing: the model belongs to who handed it in."""
