"""A model that stands around another one."""

from genaiops.protocols import Allowance, Model, OnText
from genaiops.records import Completion, CompletionRequest


class WrappedModel:
    """As the model within in all that a class of it does not do otherwise."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self.identity = model.identity
        self.decided_by = model.decided_by
        self._model = model

    @property
    def allowance(self) -> Allowance:
        return self._model.allowance

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        return await self._model.complete(request, on_text)

    async def aclose(self) -> None:
        await self._model.aclose()
