"""What a Python function has of the run: models and indexes, through the ledger and the trace."""

import time
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import ValidationError

from genaiops.errors import CallError, InputError, suggest
from genaiops.flow.answers import refuse_unusable
from genaiops.flow.calls import Resources
from genaiops.flow.retrieving import retrieved
from genaiops.flow.trace import Ask, Trace
from genaiops.records import (
    Completion,
    CompletionRequest,
    Failure,
    Message,
    NodeRun,
    Parameters,
    Passage,
)

Prompting = str | Sequence[Message | Mapping[str, object]]


class FlowContext:
    """The run of a flow, for its Python functions: `async def answer(question, run)`."""

    def __init__(self, resources: Resources, ask: Ask, trace: Trace) -> None:
        self._resources = resources
        self._ask = ask
        self._trace = trace
        self._runs: list[NodeRun] = []

    @property
    def runs(self) -> tuple[NodeRun, ...]:
        """What was asked so far, in the order of asking."""
        return tuple(self._runs)

    @property
    def case_id(self) -> str | None:
        """The case that the flow runs for, in an evaluation."""
        return self._ask.case_id

    async def complete(
        self,
        prompt: Prompting,
        *,
        model: str | None = None,
        passages: Sequence[Passage] = (),
        question: str | None = None,
        **parameters: object,
    ) -> Completion:
        """Ask a model.

        Args:
            prompt: a text, which becomes a message of the user, or messages.
            model: its name in the catalog; not needed where the run names one for all.
            passages: what the messages quote, for models that pick from passages.
            question: what is asked about the passages.
            parameters: temperature, top_p, max_tokens, seed or stop.

        Raises:
            CallError: there is no answer, or it is empty, filtered or cut off.
            InputError: no such model or parameter, or messages of another form.
        """
        request = CompletionRequest(
            messages=_messages(prompt),
            parameters=_parameters(parameters),
            passages=tuple(passages),
            question=question,
            case_id=self._ask.case_id,
            repeat=self._ask.repeat,
        )
        if model is None and self._resources.stand_in is None:
            known = ", ".join(sorted(self._resources.models))
            raise InputError(f"run.complete needs model=…, the name of a model (known: {known})")
        chosen = self._resources.model(model or "")
        place, started = self._begin("complete", "prompt"), time.perf_counter()
        trace = Trace(messages=request.messages, model=chosen.name)
        outcome: dict[str, object] = {}
        try:
            making = self._resources.calls.make(chosen, request, self._ask.on_text)
            completion = await trace.take(making, chosen.name)
            refuse_unusable(completion)
            outcome["outputs"] = {"text": completion.text}
        except CallError as error:
            outcome["failure"] = Failure(kind=error.kind, message=str(error))
            raise
        else:
            return completion
        finally:
            self._trace.follow(trace)
            self._end(place, time.perf_counter() - started, **outcome, **trace.record())

    async def retrieve(self, index: str, query: str, *, k: int = 4) -> tuple[Passage, ...]:
        """The k best passages of an index, best first.

        Raises:
            InputError: there is no such index.
        """
        place, started = self._begin("retrieve", "retrieve"), time.perf_counter()
        passages = await retrieved(self._resources.index(index), query, k)
        found = {"passages": [passage.model_dump(mode="json") for passage in passages]}
        self._end(place, time.perf_counter() - started, outputs=found)
        return passages

    def _begin(self, name: str, kind: Literal["prompt", "retrieve"]) -> int:
        count = sum(run.kind == kind for run in self._runs)
        self._runs.append(NodeRun(node=f"{name}_{count + 1}", kind=kind))
        return len(self._runs) - 1

    def _end(self, place: int, seconds: float, **found: object) -> None:
        update = {"seconds": seconds, **found}
        self._runs[place] = self._runs[place].model_copy(update=update)


def _messages(prompt: Prompting) -> tuple[Message, ...]:
    if isinstance(prompt, str):
        return (Message(role="user", content=prompt),)
    try:
        return tuple(Message.model_validate(message) for message in prompt)
    except ValidationError as error:
        told = error.errors(include_url=False)[0]
        place = ".".join(map(str, told["loc"]))
        raise InputError(f"run.complete: a message does not fit: {place}: {told['msg']}") from error


def _parameters(given: Mapping[str, object]) -> Parameters:
    known = Parameters.model_fields
    for name in given:
        if name not in known:
            raise InputError(f"run.complete takes no {name!r}{suggest(name, known)}")
    try:
        return Parameters.model_validate(given)
    except ValidationError as error:
        told = error.errors(include_url=False)[0]
        raise InputError(f"run.complete: {told['loc'][0]}: {told['msg']}") from error
