"""What a judge answers to each of its requests, all asked at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from genaiops.errors import GenaiopsError
from genaiops.metrics.judges.asking import ask
from genaiops.metrics.judges.reading import Reading, read_score
from genaiops.metrics.judges.rubric_prompt import RubricPrompt
from genaiops.protocols import Model
from genaiops.records import Completion, CompletionRequest


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of a judge, as it was read; `asked` counts the calls that it took."""

    reading: Reading
    completion: Completion
    asked: int


async def answers_to(
    requests: Sequence[CompletionRequest], prompt: RubricPrompt, model: Model
) -> list[Answered]:
    """The answers in the order of the requests; how many are asked at once is up to the model.

    Raises:
        CallError: one gets no usable answer, the first in order of those that do not; the others
            were asked all the same, so that nothing that was paid for is broken off.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_tried(request, prompt, model)) for request in requests]
    found: list[Answered] = []
    for task in tasks:
        outcome = task.result()
        if isinstance(outcome, GenaiopsError):
            raise outcome
        found.append(outcome)
    return found


async def _tried(
    request: CompletionRequest, prompt: RubricPrompt, model: Model
) -> Answered | GenaiopsError:
    try:
        return await _answered(request, prompt, model)
    except GenaiopsError as error:
        return error


async def _answered(request: CompletionRequest, prompt: RubricPrompt, model: Model) -> Answered:
    """Ask, and once more where the answer could not be read but the judge may do better."""
    labels = list(prompt.spec.values)
    is_weighed = prompt.spec.is_weighed
    completion = await (ask(model, request) if is_weighed else model.complete(request))
    reading = read_score(completion, labels, as_json=prompt.as_json)
    if not reading.is_repairable:
        return Answered(reading, completion, 1)
    request = prompt.again(request, completion.text, reading.problem)
    completion = await (ask(model, request) if is_weighed else model.complete(request))
    return Answered(read_score(completion, labels, as_json=prompt.as_json), completion, 2)
