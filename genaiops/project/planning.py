"""A dry run: one case goes through the flow, and models only note what they are asked."""

from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.project.evaluating import Asked
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.protocols import Model, OnText
from genaiops.records import Completion, CompletionRequest, Message

CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """What a model would be asked."""

    model: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an evaluation would do; calls and tokens are those of one case, times all."""

    eval: str
    cases: int
    repeats: int
    case_id: str
    requests: tuple[PlannedRequest, ...]

    @property
    def calls(self) -> int:
        """Model calls of the whole evaluation, about."""
        return len(self.requests) * self.cases * self.repeats

    @property
    def input_tokens(self) -> int:
        """Input tokens of the whole evaluation, about."""
        characters = sum(len(m.content) for request in self.requests for m in request.messages)
        return characters // CHARACTERS_PER_TOKEN * self.cases * self.repeats


class _Noting:
    """A model that notes what it is asked and answers with a placeholder."""

    def __init__(self, model: Model, noted: list[PlannedRequest]) -> None:
        self.name = model.name
        self.identity = model.identity
        self.decided_by = model.decided_by
        self.concurrency = model.concurrency
        self._model = model
        self._noted = noted

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> Completion:
        self._noted.append(PlannedRequest(self.name, request.messages))
        if on_text is not None:
            on_text("<answer>")
        return Completion(text="<answer>")

    async def aclose(self) -> None:
        await self._model.aclose()


async def plan_evaluation(session: Session, asked: Asked) -> Plan:
    """Render the prompts of the first case, and count; no model is called.

    Raises:
        InputError: a file does not fit, or no case is left by filter and limit.
    """
    noted: list[PlannedRequest] = []
    async with Wiring(session, None, wrap=lambda model: _Noting(model, noted)) as wiring:
        evaluation = await wiring.evaluation(asked.name, asked.overrides)
        spec = evaluation.spec
        cases = list(evaluation.dataset.cases(spec.filter, spec.limit))
        if not cases:
            raise InputError(f"no case of {evaluation.dataset.shown} is left by filter and limit")
        inputs = evaluation.flow.bind(evaluation.inputs_of(cases[0]))
        await evaluation.flow.run(inputs, case_id=cases[0].id)
    return Plan(asked.name, len(cases), spec.repeats, cases[0].id, tuple(noted))
