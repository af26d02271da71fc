"""The door of ragas: its metrics, handed a model and an embedder that are not its own.

ragas tells its makers of its use unless told not to before it is imported; here it is told so. Its
own clients, retries and limits are not used: each question goes to the model that was handed in.
"""

import math
import os
import warnings
from collections import Counter
from collections.abc import Mapping
from typing import Protocol, TypeVar, cast

from pydantic import BaseModel, ValidationError

from genaiops.errors import CallError, InputError
from genaiops.protocols import Embedder, Model
from genaiops.records import CompletionRequest, Message, Parameters, Score
from genaiops.specs.json_text import parse_json_text

os.environ["RAGAS_DO_NOT_TRACK"] = "true"
with warnings.catch_warnings():  # what it warns of on import is of its own dependencies
    warnings.simplefilter("ignore")
    from ragas.embeddings.base import BaseRagasEmbedding
    from ragas.llms.base import InstructorBaseRagasLLM
    from ragas.metrics import collections as ragas_metrics

AnswerT = TypeVar("AnswerT", bound=BaseModel)
MAX_TOKENS = 4096
"""Answers of 1,024 tokens, which are its default, cut the JSON of longer answers off."""
TRIES = 2
"""So often a model is asked in all for what breaks the form that was asked for."""
_LONGEST = 80
_RATED = frozenset({"AnswerAccuracy", "ContextRelevance", "ResponseGroundedness"})
"""Those that ask again by themselves, and take one of two ratings where the other call failed."""


class _Result(Protocol):
    value: float | None


class _Metric(Protocol):
    async def ascore(self, **given: object) -> _Result: ...


class Unusable(Exception):
    """A model answered, but not what ragas asked for; the text says what instead."""


class HandedModel(InstructorBaseRagasLLM):
    """The model of one score, as ragas asks it: for an answer of a form.

    The same question asked again wants another answer, so its `attempt` counts up. `failed` is the
    first call without a usable answer: some metrics go on without it.
    """

    def __init__(self, model: Model) -> None:
        self.failed: CallError | Unusable | None = None
        self._model = model
        self._asked: Counter[str] = Counter()

    def generate(self, prompt: str, response_model: type[AnswerT]) -> AnswerT:
        """Never: everything here is asked asynchronously."""
        raise NotImplementedError(f"{response_model.__name__} was asked for, blocking: {prompt}")

    async def agenerate(self, prompt: str, response_model: type[AnswerT]) -> AnswerT:
        """An answer of the form.

        Raises:
            CallError: the model gives no answer.
            Unusable: its answers are cut off or not of the form.
        """
        try:
            return await self._answer(prompt, response_model)
        except (CallError, Unusable) as error:
            self.failed = self.failed or error
            raise

    async def _answer(self, prompt: str, form: type[AnswerT]) -> AnswerT:
        said = ""
        for _ in range(TRIES):
            completion = await self._model.complete(self._request(prompt))
            if completion.finish_reason == "length":
                raise Unusable(f"length: cut off after {completion.usage.output_tokens} tokens")
            if completion.finish_reason == "content_filter":
                raise Unusable("content_filter: the provider's filter withheld its answer")
            found = _read(completion.text, form)
            if found is not None:
                return found
            said = " ".join(completion.text.split())
        shown = said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
        raise Unusable(f"json: no {form.__name__} in what it answered: {shown!r}")

    def _request(self, prompt: str) -> CompletionRequest:
        attempt = self._asked[prompt]
        self._asked[prompt] += 1
        return CompletionRequest(
            messages=(Message(role="user", content=prompt),),
            parameters=Parameters(temperature=0, max_tokens=MAX_TOKENS),
            attempt=attempt,
        )


class HandedEmbedder(BaseRagasEmbedding):
    """The embedder of one score."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__()
        self._embedder = embedder

    def embed_text(self, text: str, **_: object) -> list[float]:
        """Never: everything here is asked asynchronously."""
        raise NotImplementedError(f"an embedding was asked for, blocking: {text}")

    async def aembed_text(self, text: str, **_: object) -> list[float]:
        vectors = await self._embedder.embed([text])
        return [float(value) for value in vectors[0]]


async def score(
    name: str, given: Mapping[str, object], model: Model, embedder: Embedder | None
) -> Score:
    """The score of a class of `ragas.metrics.collections`, or why there is none.

    Raises:
        CallError: the model gives no answer.
    """
    asked = HandedModel(model)
    handed: dict[str, object] = {"llm": asked}
    if embedder is not None:
        handed["embeddings"] = HandedEmbedder(embedder)
    if name in _RATED:
        handed["max_retries"] = 1
    metric = cast("_Metric", getattr(ragas_metrics, name)(**handed))
    try:
        value = (await metric.ascore(**given)).value
        if asked.failed is not None:
            raise asked.failed
    except Unusable as error:
        return Score(reason=f"judge: {error}")
    if value is None or math.isnan(value):
        return Score(reason="ragas: no number: a text states nothing, or a rating is off its scale")
    return Score(value=min(1.0, max(0.0, value)))


def _read(text: str, form: type[AnswerT]) -> AnswerT | None:
    """The answer as the form: from its first brace to its last, whatever stands around them."""
    start, end = text.find("{"), text.rfind("}")
    try:
        return form.model_validate(parse_json_text(text[start : end + 1]))
    except (InputError, ValidationError):
        return None
