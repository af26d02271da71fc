"""A model whose every answer comes through the ledger, for who knows nothing of calls."""

from genaiops.flow.calls import Calls
from genaiops.models.wrapped import WrappedModel
from genaiops.protocols import Model, OnText
from genaiops.records import Completion, CompletionRequest


class LedgerModel(WrappedModel):
    """A model that is asked within its limits for what is not recorded, and recorded then."""

    def __init__(self, model: Model, calls: Calls) -> None:
        super().__init__(model)
        self._calls = calls

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        """The recorded answer, or that of the model.

        Raises:
            CallError: there is no usable answer; its kind says why.
        """
        return (await self._calls.make(self._model, request, on_text)).completion

    async def aclose(self) -> None:
        """Nothing: the model belongs to who handed it in."""
