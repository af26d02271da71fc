"""An embedder behind a network, asked as patiently as a model: again where a request failed."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from genaiops.digests import digest
from genaiops.flow.attempts import Attempts, Tries
from genaiops.flow.hold import OnHold
from genaiops.protocols import Allowance, Embedder, Vectors

_REMOTE = Allowance(is_remote=True)


class PatientEmbedder:
    """Tries each request again by itself; meets `protocols.Embedder`."""

    def __init__(
        self, embedder: Embedder, name: str, *, batch: int, seed: int, on_hold: OnHold
    ) -> None:
        """Put patience before an embedder.

        Args:
            embedder: Makes one request for up to `batch` texts.
            name: For who is told of waits.
            batch: Texts of one request.
            seed: Of the waits, which are drawn at random.
            on_hold: Is told of each wait when it begins.
        """
        self._embedder = embedder
        self._batch = batch
        self._attempts = Attempts(name, _REMOTE, seed=seed, on_hold=on_hold)

    @property
    def identity(self) -> str:
        return self._embedder.identity

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed; shape (len(texts), dimensions), float32, each row of length 1.

        Raises:
            CallError: there is no answer, and a further attempt would be no use.
        """
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), self._batch):
            batch = texts[start : start + self._batch]
            tries = Tries(("embed", digest(list(batch))))
            rows[start : start + self._batch] = await self._attempts.make(
                partial(self._once, batch), tries
            )
        return rows

    def token_spans(self, text: str) -> Sequence[tuple[int, int]]:
        return self._embedder.token_spans(text)

    async def aclose(self) -> None:
        await self._embedder.aclose()

    async def _once(self, texts: Sequence[str]) -> Vectors:
        turnstile = self._attempts.turnstile
        await turnstile.enter(_REMOTE, 0)
        try:
            vectors = await self._embedder.embed(texts)
            turnstile.well()
        finally:
            turnstile.leave(0)
        return vectors
