"""A model as users ask it through a server: nobody waits for long, or for what others find out."""

from dataclasses import replace

from genaiops.models.wrapped import WrappedModel
from genaiops.protocols import FREELY, Allowance, Model

_ATTEMPTS = 2


class LiveModel(WrappedModel):
    """A model that may be asked by as many users at once as the server takes.

    What an evaluation may find out by asking few at first, again and again, would keep users
    waiting: a call that failed is made once more, and none is held back by what befell others.
    Limits of its entry hold, and an endpoint that has enough is asked less, as ever.
    """

    def __init__(self, model: Model, at_first: int) -> None:
        super().__init__(model)
        self._at_first = at_first
        self._seen = self._told = FREELY

    @property
    def allowance(self) -> Allowance:
        now = self._model.allowance
        if now is not self._seen:
            self._seen = now
            self._told = replace(now, at_first=self._at_first, attempts=_ATTEMPTS)
        return self._told
